package pgrouter.protocol;

import java.util.List;

/** The messages that pgrouter itself sends to a client, encoded (ErrorResponse has a type of its own). */
public final class BackendMessage {
    private static final int AUTHENTICATION_OK = 0;
    private static final int AUTHENTICATION_CLEARTEXT_PASSWORD = 3;
    private static final int AUTHENTICATION_MD5 = 5;
    private static final int AUTHENTICATION_SASL = 10;
    private static final int AUTHENTICATION_SASL_CONTINUE = 11;
    private static final int AUTHENTICATION_SASL_FINAL = 12;

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

    private static MessageBuilder authentication(int kind) {
        return new MessageBuilder().begin(BackendTag.AUTHENTICATION).int32(kind);
    }
}
