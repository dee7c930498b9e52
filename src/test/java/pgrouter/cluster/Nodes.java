package pgrouter.cluster;

import java.time.Duration;
import java.util.Optional;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.BackendTls;

/** Backends and nodes for tests. */
public final class Nodes {
    private Nodes() {}

    /** A backend with a lag limit of 100 bytes. */
    public static Backend backend(String name, int weight) {
        return new Backend(new Address.Host(name, 5432), BackendTls.OFF, 100, weight, Duration.ofSeconds(1));
    }

    /** A primary of weight 100. */
    public static Node primary(String name, long position, int timeline, long askedAt) {
        return Node.primary(backend(name, 100), new Lsn(position), timeline, askedAt);
    }

    /** A standby that is up and not behind. */
    public static Node standby(String name, int weight, long position) {
        return Node.standby(backend(name, weight), Optional.of(new Lsn(position)), Optional.of(0L), 0);
    }
}
