package pgrouter.net;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** Where connections come from that count together. */
public final class Origin {
    private static final int NETWORK_BYTES = 8;

    private Origin() {}

    /** A name of the address of version 4, or of the /64 network of one of version 6: a host may have all addresses of that. */
    public static String of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return HexFormat.of().formatHex(bytes.length > NETWORK_BYTES ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes);
    }
}
