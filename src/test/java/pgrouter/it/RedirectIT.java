package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** What a standby refuses is done once on the primary, and the client sees nothing of the refusal. */
@Tag("versions")
@ExtendWith(SharedCluster.class)
class RedirectIT {
    private final PostgresCluster cluster;
    private final RouterProcess router;
    private long redirectsBefore;

    RedirectIT(PostgresCluster cluster, RouterProcess router) {
        this.cluster = cluster;
        this.router = router;
    }

    @BeforeEach
    void start() throws Exception {
        cluster.run(1, """
                DROP SCHEMA IF EXISTS redirect CASCADE;
                CREATE SCHEMA redirect;
                CREATE TABLE redirect.noted(t text);
                CREATE UNLOGGED TABLE redirect.unlogged(n int);
                INSERT INTO redirect.unlogged VALUES (7);
                CREATE FUNCTION redirect.note(t text) RETURNS text LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE NOTICE 'about to note %', t;
                    INSERT INTO redirect.noted VALUES (t);
                    RETURN 'noted';
                END $$;
                CREATE FUNCTION redirect.note_at(n int, last int) RETURNS int LANGUAGE plpgsql AS $$
                BEGIN
                    IF n = last THEN INSERT INTO redirect.noted VALUES (n); END IF;
                    RETURN n;
                END $$;
                CREATE FUNCTION redirect.temporary() RETURNS int LANGUAGE plpgsql AS $$
                BEGIN
                    CREATE TEMPORARY TABLE own(n int);
                    INSERT INTO own VALUES (3);
                    RETURN 1;
                END $$;
                """);
        cluster.awaitReplay(1);
        try (Connection connection = router.connect()) {
            Sql.awaitStandby(connection, "SELECT redirect.note_at(1, 2)");
        }
        redirectsBefore = counted();
    }

    private long redirects() {
        return counted() - redirectsBefore;
    }

    private long counted() {
        return router.countOnStandbys(cluster, "redirects");
    }

    private String noted() throws SQLException {
        return cluster.ask(1, "SELECT count(*) FROM redirect.noted");
    }

    @Test
    void aFunctionThatWritesIsDoneOnceAndItsNoticeComesOnce() throws Exception {
        try (Connection connection = router.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT redirect.note('a') AS once")) {
            rows.next();
            assertThat(rows.getString(1)).isEqualTo("noted");
            SQLWarning notice = statement.getWarnings();
            assertThat(notice.getMessage()).isEqualTo("about to note a");
            assertThat(notice.getNextWarning() == null).as("it is the only one").isTrue();
        }
        assertThat(noted()).isEqualTo("1");
        assertThat(redirects()).isEqualTo(1);
    }

    @Test
    void aPreparedStatementIsParsedOnThePrimaryWhenItIsRedirected() throws Exception {
        try (Connection connection = router.connect();
                PreparedStatement statement = connection.prepareStatement("SELECT redirect.note(?)")) {
            statement.unwrap(org.postgresql.PGStatement.class).setPrepareThreshold(1);
            for (int i = 0; i < 5; i++) {
                statement.setString(1, "n" + i);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    assertThat(rows.getString(1)).isEqualTo("noted");
                }
            }
        }
        assertThat(noted()).isEqualTo("5");
    }

    @Test
    void rowsThatCameBeforeTheRefusalAreNotSeenTwice() throws Exception {
        try (Connection connection = router.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT redirect.note_at(n, 1000) FROM generate_series(1, 1000) AS n ORDER BY 1")) {
            for (int expected = 1; expected <= 1000; expected++) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(expected);
            }
            assertThat(rows.next()).isFalse();
        }
        assertThat(noted()).isEqualTo("1");
        assertThat(redirects()).isEqualTo(1);
    }

    @Test
    void aRefusalAfterAPartOfTheAnswerIsTriedAgainOnThePrimary() throws Exception {
        String sql = "SELECT redirect.note_at(n, 50000), repeat('x', 100) FROM generate_series(1, 50000) AS n";
        try (Connection connection = router.connect()) {
            assertThatThrownBy(() -> Sql.ask(connection, sql))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
            assertThat(noted()).isEqualTo("0");
            Sql.ask(connection, sql);
        }
        assertThat(noted()).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT n FROM redirect.unlogged",
                "SELECT n FROM redirect.unlogged FOR UPDATE",
                "WITH one AS (SELECT n FROM redirect.unlogged) SELECT n FROM one"
            })
    void whatAStandbyDoesNotHaveIsReadOnThePrimary(String sql) throws Exception {
        try (Connection connection = router.connect()) {
            assertThat(Sql.ask(connection, sql)).isEqualTo("7");
        }
    }

    @Test
    void aTemporaryTableThatAFunctionMadeIsFoundWhereItIs() throws Exception {
        try (Connection connection = router.connect()) {
            assertThat(Sql.ask(connection, "SELECT redirect.temporary()")).isEqualTo("1");
            assertThat(Sql.ask(connection, "SELECT n FROM own")).isEqualTo("3");
        }
    }

    @Test
    void aGenuineErrorIsThePrimarysOwn() throws Exception {
        try (Connection connection = router.connect()) {
            assertThatThrownBy(() -> Sql.ask(connection, "SELECT * FROM redirect.nowhere"))
                    .hasMessageContaining("relation \"redirect.nowhere\" does not exist");
            assertThatThrownBy(() -> Sql.ask(connection, "SELECT 1 / 0")).hasMessageContaining("division by zero");
            assertThat(Sql.ask(connection, "SELECT 2")).isEqualTo("2");
        }
    }
}
