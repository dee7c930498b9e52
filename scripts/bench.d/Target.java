import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What is measured: the primary itself, pgrouter or a peer.
 *
 * @param process the number of its first process; 0 for the primary, whose work is no proxy's
 * @param missing why it is not there; empty where it is
 */
record Target(String name, int port, long process, String version, String missing) {
    static final String DIRECT = "direct";
    static final String PGROUTER = "pgrouter";
    /** The peer that does the most like pgrouter: it gives a server connection to a client for a transaction. */
    static final String PGBOUNCER = "pgbouncer-transaction";

    static List<Target> readAll(Path work) throws IOException {
        return Files.readAllLines(work.resolve("targets")).stream()
                .map(Target::read)
                .toList();
    }

    private static Target read(String line) {
        String[] fields = line.split("\t", -1);
        return new Target(fields[0], Integer.parseInt(fields[1]), Long.parseLong(fields[2]), fields[3], fields[4]);
    }

    boolean isProxy() {
        return process != 0;
    }

    /** With one worker or more. */
    boolean isPgrouter() {
        return name.startsWith(PGROUTER);
    }

    /** How often it runs everything before it counts. A JVM compiles what it runs often, once it has, while it runs it. */
    int warmUps() {
        return isPgrouter() ? 4 : 1;
    }

    boolean isThere() {
        return missing.isEmpty();
    }
}
