package pgrouter.process;

import java.util.Optional;

/**
 * Functions that only the C library has. This is the class for Java 21, which has no way to call it. A later Java
 * takes the class of {@code src/main/java22} from the jar.
 */
final class CLibrary {
    private CLibrary() {}

    /** The way to change the user of the process; empty where there is none. */
    static Optional<Privileges.Change> change() {
        return Optional.empty();
    }
}
