package pgrouter.hba;

import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/** The networks that this host is in, and its addresses there ({@code pg_foreach_ifaddr} of ifaddr.c). */
final class OwnNetworks {
    private OwnNetworks() {}

    /** The present networks. Asks the operating system: not for a thread that serves clients. Returns none where that fails. */
    static List<Network> now() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(each -> each.getInterfaceAddresses().stream())
                    .map(OwnNetworks::network)
                    .toList();
        } catch (SocketException unknown) {
            return List.of();
        }
    }

    /**
     * The network of an address. A mask of zero bits would contain every address: as with an invalid mask, only the
     * address itself counts.
     */
    private static Network network(InterfaceAddress own) {
        byte[] address = own.getAddress().getAddress();
        int bits = own.getNetworkPrefixLength();
        boolean usable = bits > 0 && bits <= address.length * Byte.SIZE;
        return usable ? Network.of(address, bits) : Network.of(address);
    }
}
