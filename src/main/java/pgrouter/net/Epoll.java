package pgrouter.net;

import java.util.Optional;

/**
 * Reads and writes sockets past the JDK's channels, on Linux. This is the class for Java 21, which has no way to call the C
 * library. A later Java takes the class of {@code src/main/java22} from the jar.
 */
final class Epoll {
    private Epoll() {}

    /** Opens a poller; empty where this Java or this system has none. */
    static Optional<Poller> open() {
        return Optional.empty();
    }
}
