package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

@Tag("versions")
@ExtendWith(SharedCluster.class)
class TransactionIT {
    private final PostgresCluster cluster;
    private final RouterProcess router;
    private long readsBefore;

    TransactionIT(PostgresCluster cluster, RouterProcess router) {
        this.cluster = cluster;
        this.router = router;
    }

    @BeforeEach
    void start() throws Exception {
        cluster.run(1, "DROP TABLE IF EXISTS account; CREATE TABLE account(n int); INSERT INTO account VALUES (1)");
        cluster.awaitReplay(1);
        readsBefore = counted();
    }

    private long readsOnStandbys() {
        return counted() - readsBefore;
    }

    private long counted() {
        return router.countOnStandbys(cluster, "reads");
    }

    @Test
    void everythingOfATransactionRunsOnThePrimary() throws Exception {
        try (Connection connection = router.connect()) {
            connection.setAutoCommit(false);
            assertThat(Sql.ask(connection, "SELECT n FROM account")).isEqualTo("1");
            Sql.run(connection, "UPDATE account SET n = 2");
            assertThat(Sql.ask(connection, "SELECT n FROM account")).isEqualTo("2");
            connection.rollback();
            assertThat(Sql.ask(connection, "SELECT n FROM account")).isEqualTo("1");
            connection.commit();
        }
        assertThat(readsOnStandbys()).isZero();
    }

    @Test
    void aReadOnlyTransactionRunsOnAStandbyAndItsRefusalIsTheClients() throws Exception {
        try (Connection connection = router.connect()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            assertThat(Sql.ask(connection, "SELECT n FROM account")).isEqualTo("1");
            assertThatThrownBy(() -> Sql.run(connection, "UPDATE account SET n = 3"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
            assertThatThrownBy(() -> Sql.ask(connection, "SELECT 1"))
                    .hasMessageContaining("current transaction is aborted");
            connection.rollback();
        }
        assertThat(readsOnStandbys()).isPositive();
        assertThat(cluster.ask(1, "SELECT n FROM account")).isEqualTo("1");
    }

    @Test
    void afterAFailedTransactionTheSessionGoesOn() throws Exception {
        try (Connection connection = router.connect()) {
            connection.setAutoCommit(false);
            Sql.run(connection, "UPDATE account SET n = 5");
            assertThatThrownBy(() -> Sql.ask(connection, "SELECT 1 / 0")).hasMessageContaining("division by zero");
            connection.rollback();
            connection.setAutoCommit(true);
            assertThat(Sql.ask(connection, "SELECT n FROM account")).isEqualTo("1");
        }
    }

    @Test
    void severalStatementsInOneStringAreOneTransaction() throws Exception {
        try (Connection connection = router.connect()) {
            assertThatThrownBy(() -> Sql.run(connection, "SELECT 1; UPDATE account SET n = 6; SELECT 1 / 0"))
                    .hasMessageContaining("division by zero");
            assertThat(Sql.ask(connection, "SELECT n FROM account")).isEqualTo("1");
        }
    }
}
