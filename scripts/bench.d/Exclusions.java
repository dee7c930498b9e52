import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Optional;

/** Which workloads a target cannot run, and why. */
final class Exclusions {
    private static final int SSL_REQUEST = 80877103;
    private static final int PATIENCE_MS = 5000;

    private Exclusions() {}

    static Optional<String> reason(Target target, Workload workload) {
        if (!target.isThere()) {
            return Optional.of(target.missing());
        }
        return workload instanceof Workload.Pgbench pgbench ? reason(target, pgbench) : Optional.empty();
    }

    private static Optional<String> reason(Target target, Workload.Pgbench pgbench) {
        if (pgbench.traits().contains(Workload.Trait.PREPARES) && losesStatements(target)) {
            return Optional.of(target.version() + " has no prepared statements in transaction mode (since 1.21)");
        }
        if (pgbench.traits().contains(Workload.Trait.ENCRYPTS)) {
            return noTls(target);
        }
        return Optional.empty();
    }

    private static boolean losesStatements(Target target) {
        if (!target.name().equals(Target.PGBOUNCER)) {
            return false;
        }
        String[] version = target.version().replaceAll("[^0-9.]", "").split("\\.");
        return Integer.parseInt(version[0]) == 1 && Integer.parseInt(version[1]) < 21;
    }

    /** As libpq asks: a server that speaks TLS answers 'S'. */
    private static Optional<String> noTls(Target target) {
        try (Socket socket = new Socket("127.0.0.1", target.port())) {
            socket.setSoTimeout(PATIENCE_MS);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeLong(8L << Integer.SIZE | SSL_REQUEST);
            int answer = socket.getInputStream().read();
            return answer == 'S'
                    ? Optional.empty()
                    : Optional.of("speaks no TLS here: its answer to SSLRequest is " + shown(answer));
        } catch (IOException e) {
            return Optional.of("speaks no TLS here: " + e.getMessage());
        }
    }

    private static String shown(int answer) {
        return answer < 0 ? "the end of the connection" : "'" + (char) answer + "'";
    }
}
