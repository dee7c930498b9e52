package pgrouter.cluster;

import java.util.OptionalLong;
import pgrouter.config.Backend;

/**
 * Asks a node since when it is up. Thus a server that has ended one of its sessions is distinguished from one that
 * goes away. Any thread. The caller waits, a second at most.
 */
public interface Uptime {
    /** The time is not known. */
    Uptime UNKNOWN = backend -> OptionalLong.empty();

    /**
     * @return a time of {@link System#nanoTime()} at which the server that accepts new connections now was already
     *     running; empty where none accepts them, or it does not answer soon
     */
    OptionalLong since(Backend backend) throws InterruptedException;
}
