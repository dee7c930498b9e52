package pgrouter.net;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** The origin of a connection: the group of addresses that counts as one. */
public final class Origin {
    private static final int NETWORK_BYTES = 8;

    private Origin() {}

    /** Names the IPv4 address, or the /64 network of an IPv6 address, since one host may have all addresses of that. */
    public static String of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return HexFormat.of().formatHex(bytes.length > NETWORK_BYTES ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes);
    }
}
