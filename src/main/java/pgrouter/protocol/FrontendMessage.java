package pgrouter.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The messages that pgrouter itself sends to a backend, encoded. */
public final class FrontendMessage {
    private static final int PROTOCOL_3_0 = 3 << 16;

    private FrontendMessage() {}

    public static byte[] startup(Map<String, String> parameters) {
        MessageBuilder builder = new MessageBuilder().beginUntagged().int32(PROTOCOL_3_0);
        parameters.forEach((name, value) -> builder.string(name).string(value));
        return builder.int8(0).finish().toByteArray();
    }

    /** Asks whether the server wants to go on in TLS; one byte comes back. */
    public static byte[] sslRequest() {
        return new MessageBuilder()
                .beginUntagged()
                .int32(StartupPacket.SSL_REQUEST)
                .finish()
                .toByteArray();
    }

    public static byte[] cancelRequest(int processId, byte[] secret) {
        return new MessageBuilder()
                .beginUntagged()
                .int32(StartupPacket.CANCEL_REQUEST)
                .int32(processId)
                .bytes(secret)
                .finish()
                .toByteArray();
    }

    public static byte[] password(String password) {
        return new MessageBuilder()
                .begin(FrontendTag.PASSWORD)
                .string(password)
                .finish()
                .toByteArray();
    }

    public static byte[] saslInitialResponse(String mechanism, byte[] data) {
        return new MessageBuilder()
                .begin(FrontendTag.PASSWORD)
                .string(mechanism)
                .int32(data.length)
                .bytes(data)
                .finish()
                .toByteArray();
    }

    public static byte[] saslResponse(byte[] data) {
        return new MessageBuilder()
                .begin(FrontendTag.PASSWORD)
                .bytes(data)
                .finish()
                .toByteArray();
    }

    public static byte[] query(String sql) {
        return new MessageBuilder()
                .begin(FrontendTag.QUERY)
                .string(sql)
                .finish()
                .toByteArray();
    }

    /** A Query of a text that is encoded already, with its zero byte after it. */
    public static byte[] query(byte[] text, int start, int end) {
        return new MessageBuilder()
                .begin(FrontendTag.QUERY)
                .bytes(text, start, end - start)
                .finish()
                .toByteArray();
    }

    /** One statement with one parameter: Parse, Bind, Execute and Sync. The parameter and the result are in text format. */
    public static byte[] query(String sql, String parameter) {
        byte[] text = parameter.getBytes(StandardCharsets.UTF_8);
        return new MessageBuilder()
                .begin(FrontendTag.PARSE)
                .string("")
                .string(sql)
                .int16(0)
                .finish()
                .begin(FrontendTag.BIND)
                .string("")
                .string("")
                .int16(0)
                .int16(1)
                .int32(text.length)
                .bytes(text)
                .int16(0)
                .finish()
                .begin(FrontendTag.EXECUTE)
                .string("")
                .int32(0)
                .finish()
                .begin(FrontendTag.SYNC)
                .finish()
                .toByteArray();
    }

    /** Close of a prepared statement. */
    public static byte[] closeStatement(String name) {
        return new MessageBuilder()
                .begin(FrontendTag.CLOSE)
                .int8('S')
                .string(name)
                .finish()
                .toByteArray();
    }

    /** Describe of a prepared statement. */
    public static byte[] describeStatement(String name) {
        return new MessageBuilder()
                .begin(FrontendTag.DESCRIBE)
                .int8('S')
                .string(name)
                .finish()
                .toByteArray();
    }

    public static byte[] flush() {
        return new MessageBuilder().begin(FrontendTag.FLUSH).finish().toByteArray();
    }

    public static byte[] sync() {
        return new MessageBuilder().begin(FrontendTag.SYNC).finish().toByteArray();
    }

    public static byte[] terminate() {
        return new MessageBuilder().begin(FrontendTag.TERMINATE).finish().toByteArray();
    }
}
