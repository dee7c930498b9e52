package pgrouter.backend;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import pgrouter.net.Wire;
import pgrouter.tls.TlsWire;

/**
 * The progress of a connection before the login.
 *
 * @param peer the server's address; empty over a Unix-domain socket
 * @param encryption protocol and cipher, with a space between them; empty where nothing is encrypted
 */
public record Reached(Optional<InetAddress> peer, Optional<String> encryption) {
    static Reached through(Wire wire) {
        return new Reached(peer(wire), wire instanceof TlsWire tls ? Optional.of(tls.suite()) : Optional.empty());
    }

    private static Optional<InetAddress> peer(Wire wire) {
        try {
            return wire.peer();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
