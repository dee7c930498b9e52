package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

@ExtendWith(SharedCluster.class)
class CopyIT {
    private static final int ROWS = 50_000;

    private final PostgresCluster cluster;
    private final RouterProcess router;

    CopyIT(PostgresCluster cluster, RouterProcess router) {
        this.cluster = cluster;
        this.router = router;
    }

    @BeforeEach
    void start() throws Exception {
        cluster.run(1, "DROP TABLE IF EXISTS copied; CREATE TABLE copied(n int, t text)");
        cluster.awaitReplay(1);
    }

    private static CopyManager copy(Connection connection) throws Exception {
        return connection.unwrap(PGConnection.class).getCopyAPI();
    }

    private static String rows() {
        return IntStream.rangeClosed(1, ROWS)
                .mapToObj(n -> n + "\tline " + n + "\n")
                .collect(Collectors.joining());
    }

    @Test
    void whatGoesInComesOut() throws Exception {
        try (Connection connection = router.connect()) {
            assertThat(copy(connection).copyIn("COPY copied FROM STDIN", new StringReader(rows())))
                    .isEqualTo(ROWS);
            StringWriter out = new StringWriter();
            assertThat(copy(connection).copyOut("COPY (SELECT * FROM copied ORDER BY n) TO STDOUT", out))
                    .isEqualTo(ROWS);
            assertThat(out).hasToString(rows());
        }
    }

    @Test
    void copyToStdoutRunsOnAStandby() throws Exception {
        cluster.run(1, "INSERT INTO copied VALUES (1, 'one')");
        cluster.awaitReplay(1);
        long before = router.count(RouterProcess.address(cluster, 1), "writes");
        try (Connection connection = router.connect()) {
            StringWriter out = new StringWriter();
            copy(connection).copyOut("COPY copied TO STDOUT", out);
            assertThat(out).hasToString("1\tone\n");
        }
        assertThat(router.count(RouterProcess.address(cluster, 1), "writes")).isEqualTo(before);
    }

    @Test
    void aFailedCopyLeavesTheSessionInOrder() throws Exception {
        try (Connection connection = router.connect()) {
            CopyManager copy = copy(connection);
            assertThatThrownBy(() -> copy.copyIn("COPY nowhere FROM STDIN", new StringReader("1\n")))
                    .hasMessageContaining("relation \"nowhere\" does not exist");
            assertThatThrownBy(() -> copy.copyIn("COPY copied FROM STDIN", new StringReader("no number\tx\n" + rows())))
                    .hasMessageContaining("invalid input syntax for type integer");
            CopyIn cancelled = copy.copyIn("COPY copied FROM STDIN");
            byte[] line = "1\tx\n".getBytes(StandardCharsets.UTF_8);
            cancelled.writeToCopy(line, 0, line.length);
            cancelled.cancelCopy();
            assertThat(Sql.ask(connection, "SELECT count(*) FROM copied")).isEqualTo("0");
        }
    }
}
