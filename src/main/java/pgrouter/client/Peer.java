package pgrouter.client;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;
import pgrouter.net.Origin;
import pgrouter.net.Wire;
import pgrouter.tls.TlsWire;

/**
 * The other end of a client's connection.
 *
 * @param address empty where it came by a Unix-domain socket
 * @param encrypted whether it speaks TLS
 * @param certificate that it has shown, and that a known authority has signed
 */
public record Peer(Optional<InetAddress> address, boolean encrypted, Optional<X509Certificate> certificate) {
    /** The {@link Origin} whose connections count together; empty over a Unix-domain socket. */
    Optional<String> origin() {
        return address.map(Origin::of);
    }

    /** @param secured TLS over the wire, where it is there */
    public static Peer of(Wire wire, Optional<TlsWire> secured) throws IOException {
        return new Peer(wire.peer(), secured.isPresent(), secured.flatMap(TlsWire::peerCertificate));
    }
}
