package pgrouter.process;

import java.util.Optional;

/**
 * What only the C library can do. This is the class for Java 21, which has no way to call it; a later Java takes the one of
 * {@code src/main/java22} out of the jar.
 */
final class CLibrary {
    private CLibrary() {}

    /** How the process becomes another user; empty where it cannot. */
    static Optional<Privileges.Change> change() {
        return Optional.empty();
    }
}
