package pgrouter.protocol;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The first message of a connection. It has no tag, but a length, then a code that is a protocol version or one of
 * the special requests (protocol-message-formats.html: StartupMessage, SSLRequest, GSSENCRequest, CancelRequest).
 */
public sealed interface StartupPacket {
    int SSL_REQUEST = 80877103;
    int GSSENC_REQUEST = 80877104;
    int CANCEL_REQUEST = 80877102;

    /** {@code MAX_STARTUP_PACKET_LENGTH} of pqcomm.h, which does not count the length field; the minimum is that field and a code. */
    int MAXIMUM_LENGTH = 10_004;

    int MINIMUM_LENGTH = 8;

    /** A cancel key of protocol 3.2 has at most 256 bytes ({@code MAX_CANCEL_KEY_LENGTH}). */
    int MAXIMUM_CANCEL_KEY = 256;

    /** The maximum of bytes in the name of a role or database ({@code NAMEDATALEN} without its end). */
    int MAXIMUM_NAME = 63;

    record SslRequest() implements StartupPacket {}

    record GssEncRequest() implements StartupPacket {}

    record CancelRequest(int processId, byte[] secret) implements StartupPacket {}

    /**
     * @param minor 0 for protocol 3.0, 2 for 3.2
     * @param parameters in the order of the packet
     */
    record StartupMessage(int major, int minor, Map<String, String> parameters) implements StartupPacket {}

    /**
     * @param packet without the length field
     * @throws ProtocolException with the text of PostgreSQL ({@code ProcessStartupPacket} in backend_startup.c)
     */
    static StartupPacket decode(byte[] packet) throws ProtocolException {
        MessageReader reader = new MessageReader(packet);
        int code = reader.int32();
        return switch (code) {
            case SSL_REQUEST -> new SslRequest();
            case GSSENC_REQUEST -> new GssEncRequest();
            case CANCEL_REQUEST -> cancelRequest(reader);
            default -> startupMessage(code, reader);
        };
    }

    /** @param packet without the length field, of at least four bytes */
    static boolean isCancelRequest(byte[] packet) {
        return Bytes.int32(packet, 0) == CANCEL_REQUEST;
    }

    private static CancelRequest cancelRequest(MessageReader reader) throws ProtocolException {
        int processId = reader.int32();
        int length = reader.remaining();
        if (length == 0 || length > MAXIMUM_CANCEL_KEY) {
            throw new ProtocolException("invalid length of cancel request packet");
        }
        return new CancelRequest(processId, reader.bytes(length));
    }

    private static StartupMessage startupMessage(int version, MessageReader reader) throws ProtocolException {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (version >>> 16 != 3) {
            return new StartupMessage(version >>> 16, version & 0xffff, parameters);
        }
        if (!isTerminatedBehind(reader, parameters)) {
            throw new ProtocolException("invalid startup packet layout: expected terminator as last byte");
        }
        return new StartupMessage(3, version & 0xffff, parameters);
    }

    /** Reads the parameters. PostgreSQL has one text for a name or value without its end and for bytes after the last one. */
    private static boolean isTerminatedBehind(MessageReader reader, Map<String, String> parameters) {
        try {
            for (String name = reader.string(); !name.isEmpty(); name = reader.string()) {
                String value = reader.string();
                parameters.put(name, name.equals("user") || name.equals("database") ? cut(value) : value);
            }
            return reader.remaining() == 0;
        } catch (ProtocolException unterminated) {
            return false;
        }
    }

    /** Truncates a name as PostgreSQL does, before it is used. So a rule for a long name holds for longer ones too. */
    private static String cut(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= MAXIMUM_NAME ? name : new String(bytes, 0, MAXIMUM_NAME, StandardCharsets.UTF_8);
    }
}
