package pgrouter.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The privileges of the process on its host. Used at the start only. */
public final class Privileges {
    /** Makes the process one of another account. */
    interface Change {
        void to(Account account) throws IOException;
    }

    private static final Path STATUS = Path.of("/proc/self/status");

    private static final Path FIRST_OPEN_PORT = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");

    private Privileges() {}

    /** Whether the process may do everything. Where the system has no proc(5), the name of its user decides. */
    public static boolean areThoseOfRoot() {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("Uid:")).anyMatch(line -> line.split("\\s+")[2].equals("0"));
        } catch (IOException noProc) {
            return System.getProperty("user.name").equals("root");
        }
    }

    /** The first TCP port that not only root may listen on: ip(7). */
    public static int firstOpenPort() {
        // One read: a file of sysctl gives nothing to a second read.
        try (BufferedReader number = Files.newBufferedReader(FIRST_OPEN_PORT)) {
            return Integer.parseInt(number.readLine());
        } catch (IOException | NumberFormatException unknown) {
            return 1024;
        }
    }

    /** Whether the process can change its user. Otherwise it has to be started again. */
    public static boolean canBeGivenUp() {
        return CLibrary.change().isPresent();
    }

    /**
     * Runs every thread of the process as this account from now on. There is no way back.
     *
     * @throws IOException where the account does not exist or the system refuses; the process should end then
     */
    public static void giveUp(Account account) throws IOException {
        CLibrary.change().orElseThrow().to(account);
    }
}
