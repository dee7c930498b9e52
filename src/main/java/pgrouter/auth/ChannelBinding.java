package pgrouter.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Channel binding: ties a SCRAM exchange to its TLS connection, so that nobody can relay it from another one. The
 * binding is the hash of the server's certificate, {@code tls-server-end-point} (RFC 5929 section 4, RFC 5802 section
 * 6). Immutable; any thread.
 */
public final class ChannelBinding {
    /** Not bound: the client cannot, or does not want to. */
    static final ChannelBinding NONE = new ChannelBinding("n,,", new byte[0]);

    /** Not bound: the client could, and the server does not offer it. A server that does offer it then detects a man in the middle. */
    static final ChannelBinding NOT_OFFERED = new ChannelBinding("y,,", new byte[0]);

    private static final String END_POINT = "p=tls-server-end-point,,";

    private final String header;
    private final byte[] data;

    private ChannelBinding(String header, byte[] data) {
        this.header = header;
        this.data = data;
    }

    /** @param data the hash of the server's certificate */
    static ChannelBinding endPoint(byte[] data) {
        return new ChannelBinding(END_POINT, data.clone());
    }

    /**
     * The choice of a client, as {@code pg_SASL_init} of fe-auth.c decides it.
     *
     * @param offered the server's mechanisms
     * @param endPoint the hash of the server's certificate, where there is one
     */
    public static ChannelBinding choose(List<String> offered, Optional<byte[]> endPoint) {
        if (endPoint.isEmpty()) {
            return NONE;
        }
        return offered.contains(ScramServer.MECHANISM_PLUS) ? endPoint(endPoint.get()) : NOT_OFFERED;
    }

    /** The name of the mechanism in the SASL messages. */
    public String mechanism() {
        return isBound() ? ScramServer.MECHANISM_PLUS : ScramServer.MECHANISM;
    }

    boolean isBound() {
        return header.equals(END_POINT);
    }

    /** The GS2 header, with which the client's first message begins. */
    String header() {
        return header;
    }

    /** The value of {@code c} in the client's second message. */
    String encoded() {
        byte[] start = header.getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(start, start.length + data.length);
        System.arraycopy(data, 0, whole, start.length, data.length);
        return ScramAttributes.encode(whole);
    }
}
