package pgrouter.hba;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Supplier;

/** The addresses that a rule is for. */
sealed interface Hosts {
    /** All addresses. */
    record All() implements Hosts {}

    /** The addresses of this host. */
    record SameHost() implements Hosts {}

    /** The addresses of the networks that this host is in. */
    record SameNet() implements Hosts {}

    /** The addresses of a range. */
    record Range(Network network) implements Hosts {}

    /** @param own the networks of this host, asked for only where they matter */
    default boolean contain(InetAddress client, Supplier<List<Network>> own) {
        return switch (this) {
            case All all -> true;
            case SameHost host ->
                own.get().stream()
                        .anyMatch(network -> Network.of(network.address()).contains(client));
            case SameNet net -> own.get().stream().anyMatch(network -> network.contains(client));
            case Range(Network network) -> network.contains(client);
        };
    }
}
