package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.Await;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** Functions that come to be without pgrouter having seen a statement that makes them: their writes are never lost. */
@ExtendWith(SharedCluster.class)
final class UnknownFunctionIT {
    private static final String CATCHES = " RETURNS text LANGUAGE plpgsql AS $f$BEGIN INSERT INTO unknown_journal"
            + " VALUES (1); RETURN 'written'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END$f$";

    private final PostgresCluster cluster;

    UnknownFunctionIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    @BeforeEach
    void prepare() throws Exception {
        cluster.run(
                1,
                "DROP TABLE IF EXISTS unknown_journal; CREATE TABLE unknown_journal(n int);"
                        + " CREATE OR REPLACE FUNCTION unknown_migrate(name text) RETURNS int LANGUAGE plpgsql AS $m$ BEGIN"
                        + " EXECUTE format($x$CREATE OR REPLACE FUNCTION %I()" + CATCHES
                        + "$x$, name); RETURN 1; END $m$");
        cluster.awaitReplay(1);
    }

    @Test
    void aFunctionThatWasMadeByAFunctionRunsOnThePrimary() throws Exception {
        try (RouterProcess router = RouterProcess.before(cluster);
                Connection session = router.connect()) {
            Sql.ask(session, "SELECT unknown_migrate('unknown_made')");
            assertThat(Sql.ask(session, "SELECT unknown_made()")).isEqualTo("written");
            cluster.run(1, "DROP FUNCTION unknown_made()");
        }
    }

    @Test
    void aFunctionThatWasMadePastPgrouterRunsOnThePrimaryBeforeAndAfterItIsKnown() throws Exception {
        try (RouterProcess router = RouterProcess.before(cluster);
                Connection session = router.connect()) {
            Sql.ask(session, "SELECT 1");
            cluster.run(1, "CREATE OR REPLACE FUNCTION unknown_elsewhere()" + CATCHES);
            cluster.awaitReplay(1);
            assertThat(Sql.ask(session, "SELECT unknown_elsewhere()")).isEqualTo("written");
            assertThat(Sql.ask(session, "SELECT * FROM (SELECT unknown_elsewhere()) AS t(a)"))
                    .isEqualTo("written");
            cluster.run(1, "DROP FUNCTION unknown_elsewhere()");
        }
    }

    @Test
    void aHarmlessFunctionIsReadFromAStandbyAsSoonAsItIsKnown() throws Exception {
        try (RouterProcess router = RouterProcess.before(cluster);
                Connection session = router.connect()) {
            Sql.ask(session, "SELECT 1");
            cluster.run(1, "CREATE OR REPLACE FUNCTION unknown_harmless() RETURNS int LANGUAGE sql AS 'SELECT 1'");
            cluster.awaitReplay(1);
            Await.until("it is known", () -> {
                Sql.ask(session, "SELECT unknown_harmless()");
                return Sql.ask(session, "SHOW pgrouter.last_route").startsWith("reader ");
            });
            cluster.run(1, "DROP FUNCTION unknown_harmless()");
        }
    }
}
