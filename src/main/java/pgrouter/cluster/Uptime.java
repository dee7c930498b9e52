package pgrouter.cluster;

import java.util.OptionalLong;
import pgrouter.config.Backend;

/**
 * Asks a node since when it is up: so a server that has ended one of its sessions is told from one that goes away. Any thread; who
 * asks waits, a second at most.
 */
public interface Uptime {
    /** Nobody can tell. */
    Uptime UNKNOWN = backend -> OptionalLong.empty();

    /**
     * @return a time of {@link System#nanoTime()} at which the server was running that lets new connections in now; empty where none
     *     does, or it does not say so soon
     */
    OptionalLong since(Backend backend) throws InterruptedException;
}
