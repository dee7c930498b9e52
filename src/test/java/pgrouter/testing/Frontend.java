package pgrouter.testing;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageBuilder;

/** The messages of a client, encoded. */
public final class Frontend {
    private Frontend() {}

    /** @param version 196608 for 3.0 */
    public static byte[] startup(int version, Map<String, String> parameters) {
        MessageBuilder builder = new MessageBuilder().beginUntagged().int32(version);
        parameters.forEach((name, value) -> builder.string(name).string(value));
        return builder.int8(0).finish().toByteArray();
    }

    /** A startup packet of only a code and what follows it: SSLRequest, GSSENCRequest, CancelRequest. */
    public static byte[] request(int code, byte[]... rest) {
        return new MessageBuilder()
                .beginUntagged()
                .int32(code)
                .bytes(join(rest))
                .finish()
                .toByteArray();
    }

    public static byte[] query(String sql) {
        return message(FrontendTag.QUERY, zeroEnded(sql));
    }

    /** Parse without parameter types. */
    public static byte[] parse(String statement, String sql) {
        return message(FrontendTag.PARSE, zeroEnded(statement), zeroEnded(sql), new byte[2]);
    }

    /** Bind to the unnamed portal, without parameters. */
    public static byte[] bind(String statement) {
        return bind(statement, new byte[0]);
    }

    /** Bind of one binary parameter, which makes the message as large as a test wants. */
    public static byte[] bind(String statement, byte[] value) {
        MessageBuilder body = new MessageBuilder().string("").string(statement).int16(0);
        body.int16(1).int32(value.length).bytes(value).int16(0);
        return message(FrontendTag.BIND, body.toByteArray());
    }

    /** Without parameters, to the unnamed portal. */
    public static byte[] bindNothing(String statement) {
        return message(FrontendTag.BIND, zeroEnded(""), zeroEnded(statement), new byte[6]);
    }

    /** Without parameters, to a portal with a name. */
    public static byte[] bindPortal(String portal, String statement) {
        return message(FrontendTag.BIND, zeroEnded(portal), zeroEnded(statement), new byte[6]);
    }

    public static byte[] describeStatement(String name) {
        return message(FrontendTag.DESCRIBE, new byte[] {'S'}, zeroEnded(name));
    }

    public static byte[] describePortal() {
        return message(FrontendTag.DESCRIBE, new byte[] {'P'}, zeroEnded(""));
    }

    public static byte[] closeStatement(String name) {
        return message(FrontendTag.CLOSE, new byte[] {'S'}, zeroEnded(name));
    }

    public static byte[] closePortal(String name) {
        return message(FrontendTag.CLOSE, new byte[] {'P'}, zeroEnded(name));
    }

    public static byte[] execute() {
        return message(FrontendTag.EXECUTE, zeroEnded(""), new byte[4]);
    }

    /** All rows of a portal with a name. */
    public static byte[] execute(String portal) {
        return message(FrontendTag.EXECUTE, zeroEnded(portal), new byte[4]);
    }

    /** So many rows of the unnamed portal, at most 255. */
    public static byte[] execute(int rows) {
        return message(FrontendTag.EXECUTE, zeroEnded(""), new byte[] {0, 0, 0, (byte) rows});
    }

    public static byte[] sync() {
        return message(FrontendTag.SYNC);
    }

    public static byte[] flush() {
        return message(FrontendTag.FLUSH);
    }

    public static byte[] functionCall(int oid) {
        return message(
                FrontendTag.FUNCTION_CALL,
                new MessageBuilder().int32(oid).int16(0).int16(0).int16(0).toByteArray());
    }

    public static byte[] copyData(String text) {
        return message(FrontendTag.COPY_DATA, text.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] copyDone() {
        return message(FrontendTag.COPY_DONE);
    }

    public static byte[] copyFail(String why) {
        return message(FrontendTag.COPY_FAIL, zeroEnded(why));
    }

    public static byte[] terminate() {
        return message(FrontendTag.TERMINATE);
    }

    public static byte[] message(byte tag, byte[]... body) {
        return new MessageBuilder().begin(tag).bytes(join(body)).finish().toByteArray();
    }

    public static byte[] join(byte[]... parts) {
        MessageBuilder builder = new MessageBuilder();
        for (byte[] part : parts) {
            builder.bytes(part);
        }
        return builder.toByteArray();
    }

    static byte[] zeroEnded(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }
}
