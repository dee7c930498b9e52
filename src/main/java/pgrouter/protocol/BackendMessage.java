package pgrouter.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The messages that pgrouter itself sends to a client, encoded (ErrorResponse has a type of its own). */
public final class BackendMessage {
    private static final int AUTHENTICATION_OK = 0;
    private static final int AUTHENTICATION_CLEARTEXT_PASSWORD = 3;
    private static final int AUTHENTICATION_MD5 = 5;
    private static final int AUTHENTICATION_SASL = 10;
    private static final int AUTHENTICATION_SASL_CONTINUE = 11;
    private static final int AUTHENTICATION_SASL_FINAL = 12;

    /** {@code TEXTOID} of pg_type.dat. */
    private static final int TEXT = 25;

    private BackendMessage() {}

    public static byte[] authenticationOk() {
        return authentication(AUTHENTICATION_OK).finish().toByteArray();
    }

    public static byte[] authenticationCleartextPassword() {
        return authentication(AUTHENTICATION_CLEARTEXT_PASSWORD).finish().toByteArray();
    }

    /** @param salt four bytes */
    public static byte[] authenticationMd5(byte[] salt) {
        return authentication(AUTHENTICATION_MD5).bytes(salt).finish().toByteArray();
    }

    public static byte[] authenticationSasl(List<String> mechanisms) {
        MessageBuilder builder = authentication(AUTHENTICATION_SASL);
        mechanisms.forEach(builder::string);
        return builder.int8(0).finish().toByteArray();
    }

    public static byte[] authenticationSaslContinue(byte[] data) {
        return authentication(AUTHENTICATION_SASL_CONTINUE).bytes(data).finish().toByteArray();
    }

    public static byte[] authenticationSaslFinal(byte[] data) {
        return authentication(AUTHENTICATION_SASL_FINAL).bytes(data).finish().toByteArray();
    }

    public static byte[] parameterStatus(String name, String value) {
        return new MessageBuilder()
                .begin(BackendTag.PARAMETER_STATUS)
                .string(name)
                .string(value)
                .finish()
                .toByteArray();
    }

    public static byte[] backendKeyData(int processId, byte[] secret) {
        return new MessageBuilder()
                .begin(BackendTag.BACKEND_KEY_DATA)
                .int32(processId)
                .bytes(secret)
                .finish()
                .toByteArray();
    }

    /** @param minor the newest minor version that pgrouter speaks */
    public static byte[] negotiateProtocolVersion(int minor, List<String> unknownOptions) {
        MessageBuilder builder = new MessageBuilder().begin(BackendTag.NEGOTIATE_PROTOCOL_VERSION);
        builder.int32(3 << 16 | minor).int32(unknownOptions.size());
        unknownOptions.forEach(builder::string);
        return builder.finish().toByteArray();
    }

    /** @param status I, T or E */
    public static byte[] readyForQuery(byte status) {
        return new MessageBuilder()
                .begin(BackendTag.READY_FOR_QUERY)
                .int8(status)
                .finish()
                .toByteArray();
    }

    /** @param formats of the columns, 0 for text and 1 for binary; all columns are of type text */
    public static byte[] rowDescription(List<String> columns, int[] formats) {
        MessageBuilder builder =
                new MessageBuilder().begin(BackendTag.ROW_DESCRIPTION).int16(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            builder.string(columns.get(i))
                    .int32(0)
                    .int16(0)
                    .int32(TEXT)
                    .int16(-1)
                    .int32(-1)
                    .int16(formats[i]);
        }
        return builder.finish().toByteArray();
    }

    /** @param values texts, which are the same in the text format and the binary one; empty for NULL */
    public static byte[] dataRow(List<Optional<String>> values) {
        MessageBuilder builder = new MessageBuilder().begin(BackendTag.DATA_ROW).int16(values.size());
        for (Optional<String> value : values) {
            byte[] text = value.orElse("").getBytes(StandardCharsets.UTF_8);
            builder.int32(value.isPresent() ? text.length : -1).bytes(text);
        }
        return builder.finish().toByteArray();
    }

    public static byte[] parameterDescription(List<Integer> types) {
        MessageBuilder builder =
                new MessageBuilder().begin(BackendTag.PARAMETER_DESCRIPTION).int16(types.size());
        types.forEach(builder::int32);
        return builder.finish().toByteArray();
    }

    public static byte[] commandComplete(String tag) {
        return new MessageBuilder()
                .begin(BackendTag.COMMAND_COMPLETE)
                .string(tag)
                .finish()
                .toByteArray();
    }

    /** A NoticeResponse with the severity NOTICE. */
    public static byte[] notice(String message) {
        MessageBuilder builder = new MessageBuilder().begin(BackendTag.NOTICE_RESPONSE);
        builder.int8('S').string("NOTICE").int8('V').string("NOTICE");
        builder.int8('C').string("00000").int8('M').string(message);
        return builder.int8(0).finish().toByteArray();
    }

    /** A message without fields: ParseComplete, NoData and the like. */
    public static byte[] bare(byte tag) {
        return new MessageBuilder().begin(tag).finish().toByteArray();
    }

    private static MessageBuilder authentication(int kind) {
        return new MessageBuilder().begin(BackendTag.AUTHENTICATION).int32(kind);
    }
}
