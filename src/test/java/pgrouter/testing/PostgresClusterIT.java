package pgrouter.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pgrouter.testing.PostgresCluster.Login;
import pgrouter.testing.PostgresCluster.Options;

@ExtendWith(SharedCluster.class)
final class PostgresClusterIT {
    private final PostgresCluster shared;

    PostgresClusterIT(PostgresCluster shared) {
        this.shared = shared;
    }

    @BeforeEach
    void makeTable() throws SQLException {
        shared.run(1, "DROP TABLE IF EXISTS cluster_note");
        shared.run(1, "CREATE TABLE cluster_note (note text)");
        shared.awaitReplay(1);
    }

    @Test
    void standbysShowWhatThePrimaryWrote() throws SQLException {
        write(shared, 1, "hello");
        shared.awaitReplay(1);
        assertThat(notes(shared, 2)).isEqualTo("hello");
        assertThat(notes(shared, 3)).isEqualTo("hello");
    }

    @Test
    void aStandbyRefusesToWrite() {
        assertThatThrownBy(() -> write(shared, 2, "no"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
    }

    @ParameterizedTest
    @EnumSource
    void everyRoleLogsInToEveryNode(Login login) throws SQLException {
        for (int node = 1; node <= shared.nodes(); node++) {
            try (Connection connection = shared.connect(node, "postgres", login)) {
                assertThat(connection.isValid(5)).isTrue();
            }
        }
    }

    @Test
    void aPausedStandbyShowsTheOldStateUntilItResumes() throws SQLException {
        shared.pauseReplay(2);
        write(shared, 1, "late");
        shared.awaitReplay(1, 3);
        assertThat(notes(shared, 2)).isEqualTo("none");
        shared.resumeReplay(2);
        shared.awaitReplay(1, 2);
        assertThat(notes(shared, 2)).isEqualTo("late");
    }

    @Test
    void aStoppedStandbyIsOutOfReachAndCatchesUpWhenStarted() throws SQLException {
        shared.stop(3);
        assertUnreachable(shared, 3);
        write(shared, 1, "while you were out");
        shared.start(3);
        shared.awaitReplay(1, 3);
        assertThat(notes(shared, 3)).isEqualTo("while you were out");
    }

    @Test
    void aKilledStandbyEndsItsSessionsAndStartsAgain() throws SQLException {
        try (Connection session = shared.connect(2, "app", Login.APP);
                Statement statement = session.createStatement()) {
            shared.kill(2);
            assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
        }
        assertUnreachable(shared, 2);
        shared.start(2);
        assertThat(shared.ask(2, "SELECT pg_is_in_recovery()")).isEqualTo("t");
    }

    @Test
    @Tag("versions")
    void anotherNodeTakesOverAndTheOldPrimaryFollowsIt() throws SQLException {
        Options options = Options.standard().withHba("host all nobody 127.0.0.1/32 reject");
        try (PostgresCluster own = PostgresCluster.start(options)) {
            own.run(1, "CREATE TABLE cluster_note (note text)");
            own.awaitReplay(1);
            own.kill(1);
            own.promote(2);
            write(own, 2, "new primary");
            own.follow(3, 2);
            own.start(1);
            write(own, 1, "lost");
            own.follow(1, 2);
            own.awaitReplay(2);
            assertThat(notes(own, 1)).isEqualTo("new primary");
            assertThat(notes(own, 3)).isEqualTo("new primary");
            assertThat(own.ask(2, "SELECT address FROM pg_hba_file_rules WHERE auth_method = 'reject'"))
                    .isEqualTo("127.0.0.1");
        }
    }

    @Test
    void aSynchronousCommitWaitsForTheStandby() throws SQLException {
        Options options = Options.standard().withStandbys(1).withSynchronousCommit();
        try (PostgresCluster own = PostgresCluster.start(options);
                Connection connection = own.connect(1, "app", Login.APP);
                Statement statement = connection.createStatement()) {
            own.stop(2);
            statement.setQueryTimeout(1);
            statement.execute("CREATE TABLE unconfirmed ()");
            assertThat(statement.getWarnings().getMessage()).contains("canceling wait for synchronous replication");
        }
    }

    private static void write(PostgresCluster cluster, int node, String note) throws SQLException {
        cluster.run(node, "INSERT INTO cluster_note VALUES ('" + note + "')");
    }

    private static String notes(PostgresCluster cluster, int node) throws SQLException {
        return cluster.ask(node, "SELECT coalesce(string_agg(note, ','), 'none') FROM cluster_note");
    }

    private static void assertUnreachable(PostgresCluster cluster, int node) {
        assertThatThrownBy(() -> cluster.connect(node, "app", Login.APP))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"));
    }
}
