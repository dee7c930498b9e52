package pgrouter.session;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import pgrouter.net.Wire;
import pgrouter.tls.TlsWire;

/**
 * What is known of the other end of a client's connection.
 *
 * @param address empty where it came by a Unix-domain socket
 * @param encrypted whether it speaks TLS
 * @param certificate that it has shown, and that a known authority has signed
 */
record Peer(Optional<InetAddress> address, boolean encrypted, Optional<X509Certificate> certificate) {
    private static final int NETWORK_BYTES = 8;

    /** Whose connections count together: an address of version 4, or the first half of one of version 6. */
    Optional<String> origin() {
        return address.map(InetAddress::getAddress)
                .map(bytes -> bytes.length > NETWORK_BYTES ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes)
                .map(HexFormat.of()::formatHex);
    }

    /** @param secured TLS over the wire, where it is there */
    static Peer of(Wire wire, Optional<TlsWire> secured) throws IOException {
        return new Peer(wire.peer(), secured.isPresent(), secured.flatMap(TlsWire::peerCertificate));
    }
}
