import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Ends a run of pgbench when all of its clients have been connected for some time. The time of pgbench's own -T begins before they
 * connect, so that a target with slow logins would run for less, or not at all.
 */
final class Alarm implements Consumer<Process> {
    private final int clients;
    private final Duration time;
    private Instant end = Instant.MAX;

    Alarm(int clients, Duration time) {
        this.clients = clients;
        this.time = time;
    }

    @Override
    public void accept(Process pgbench) {
        if (end.equals(Instant.MAX) && sockets(pgbench) >= clients) {
            end = Instant.now().plus(time);
        }
        if (Instant.now().isAfter(end) && pgbench.isAlive()) {
            ring(pgbench);
        }
    }

    private static long sockets(Process process) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", "" + process.pid(), "fd"))) {
            return descriptors.filter(Alarm::isSocket).count();
        } catch (IOException ended) {
            return 0;
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closed) {
            return false;
        }
    }

    /** By this signal pgbench learns that the time of -T is over; it ends in good order. */
    private static void ring(Process pgbench) {
        try {
            new ProcessBuilder("kill", "-ALRM", "" + pgbench.pid()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
