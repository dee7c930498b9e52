package pgrouter.hba;

import java.net.InetAddress;
import java.util.Optional;

/**
 * The known facts about a client that wants to log in.
 *
 * @param address empty where it connected by a Unix-domain socket
 * @param encrypted whether it speaks TLS
 * @param physicalReplication whether it wants the WAL of the whole cluster, and so no database
 */
public record Connection(
        Optional<InetAddress> address, boolean encrypted, String database, String user, boolean physicalReplication) {
    /** The address as PostgreSQL writes it. */
    String host() {
        return address.map(AddressText::of).orElse("[local]");
    }

    String encryption() {
        return encrypted ? "SSL encryption" : "no encryption";
    }
}
