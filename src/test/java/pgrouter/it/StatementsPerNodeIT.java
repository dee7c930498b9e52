package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bindNothing;
import static pgrouter.testing.Frontend.describePortal;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.PostgresCluster.Login;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** What drivers, frameworks and pools send to reset a session or to set it up costs no node more than without pgrouter. */
@ExtendWith(SharedCluster.class)
final class StatementsPerNodeIT {
    private static final String ROLE = "counted";
    private static final String PASSWORD = "counted-secret";
    private static final Pattern STATEMENT = Pattern.compile("LOG:  (statement|execute [^:]*): (.*)");
    private static final int ROUNDS = 5;

    private static final String READ = "SELECT count(*) FROM pg_class";
    private static final String WRITE = "INSERT INTO counted_rows DEFAULT VALUES";
    private static final String ASYNCPG = "SELECT pg_advisory_unlock_all();\nCLOSE ALL;\nUNLISTEN *;\nRESET ALL;";

    /** With its prepared statements kept. */
    private static final String NPGSQL =
            "CLOSE ALL;UNLISTEN *;SELECT pg_advisory_unlock_all();DISCARD SEQUENCES;DISCARD TEMP";

    private final PostgresCluster cluster;

    StatementsPerNodeIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    /** How many statements a story has made the nodes run. */
    private record Cost(int direct, int primary, int standbys) {}

    @BeforeEach
    void logStatements() throws SQLException {
        Assumptions.assumeFalse(Boolean.getBoolean("pgrouter.docker"), "the nodes' logs are not in reach");
        asSuperuser(
                "DROP TABLE IF EXISTS counted_rows",
                "DROP ROLE IF EXISTS " + ROLE,
                "CREATE ROLE " + ROLE + " LOGIN PASSWORD '" + PASSWORD + "'",
                "ALTER ROLE " + ROLE + " SET log_statement = 'all'",
                "CREATE TABLE counted_rows(id serial)",
                "GRANT ALL ON counted_rows, counted_rows_id_seq TO " + ROLE);
        cluster.awaitReplay(1);
    }

    @AfterEach
    void forget() throws SQLException {
        asSuperuser("DROP TABLE IF EXISTS counted_rows", "DROP ROLE IF EXISTS " + ROLE);
    }

    private void asSuperuser(String... statements) throws SQLException {
        try (Connection connection = cluster.connect(1, "app", Login.SUPERUSER)) {
            for (String statement : statements) {
                Sql.run(connection, statement);
            }
        }
    }

    @Test
    void noNodeRunsMoreThanThePrimaryAlone() throws Exception {
        SoftAssertions asserted = new SoftAssertions();
        try (RouterProcess router =
                RouterProcess.before(cluster, new RouterProcess.Options().authDb(ROLE + " plain " + PASSWORD + "\n"))) {
            awaitStandbys(router);
            drivers(router, asserted);
            pools(router, asserted);
            settings(router, asserted);
        }
        asserted.assertAll();
    }

    private void drivers(RouterProcess router, SoftAssertions asserted) throws Exception {
        Cost reads = cost(router, "PDO, reads", repeated(pdo(READ)));
        asserted.assertThat(reads.primary()).as("PDO, reads").isZero();
        asserted.assertThat(reads.standbys()).as("PDO, reads").isLessThanOrEqualTo(reads.direct());
        Cost writes = cost(router, "PDO, inserts", repeated(pdo(WRITE)));
        asserted.assertThat(writes.primary() + writes.standbys())
                .as("PDO, inserts")
                .isLessThanOrEqualTo(writes.direct());
    }

    private void pools(RouterProcess router, SoftAssertions asserted) throws Exception {
        for (String reset : List.of(ASYNCPG, NPGSQL, "DISCARD ALL", "RESET ALL", "DEALLOCATE ALL", "UNLISTEN *")) {
            String name = reset.lines().findFirst().orElse("");
            Cost read = cost(router, "read, " + name, repeated(List.of(query(READ), query(reset))));
            asserted.assertThat(read.primary()).as(reset).isZero();
            asserted.assertThat(read.standbys()).as(reset).isLessThanOrEqualTo(read.direct());
            Cost written = cost(router, "insert, " + name, repeated(List.of(query(WRITE), query(reset))));
            asserted.assertThat(written.primary() + written.standbys())
                    .as(reset)
                    .isLessThanOrEqualTo(written.direct());
        }
        List<byte[]> resets =
                repeated(List.of(query("SET work_mem = '7MB'"), query(READ), query("RESET ALL"), query(READ)));
        Cost reset = cost(router, "SET, read, RESET ALL, read", resets);
        asserted.assertThat(reset.primary()).isLessThanOrEqualTo(2 * ROUNDS);
        asserted.assertThat(reset.standbys()).isLessThanOrEqualTo(reset.direct());
    }

    private void settings(RouterProcess router, SoftAssertions asserted) throws Exception {
        settings(
                router,
                asserted,
                "pgjdbc's connect",
                List.of(
                        extended("SET extra_float_digits = 3"),
                        extended("SET application_name = 'PostgreSQL JDBC Driver'")));
        settings(
                router,
                asserted,
                "Django's time zone",
                List.of(query("SELECT set_config('TimeZone', 'Europe/Berlin', false)")));
        settings(router, asserted, "Django's, by SET", List.of(query("SET TIME ZONE 'UTC'")));
        settings(
                router,
                asserted,
                "Rails' connect",
                List.of(
                        query("SET client_min_messages TO 'warning'"),
                        query("SET standard_conforming_strings = on"),
                        query("SET intervalstyle = iso_8601"),
                        query("SET SESSION timezone TO 'UTC'")));
    }

    private void settings(RouterProcess router, SoftAssertions asserted, String name, List<byte[]> connect)
            throws Exception {
        List<byte[]> all = new ArrayList<>(connect);
        all.addAll(Collections.nCopies(3, query(READ)));
        Cost cost = cost(router, name + ", 3 reads", all);
        asserted.assertThat(cost.primary()).as(name).isEqualTo(connect.size());
        asserted.assertThat(cost.standbys()).as(name).isLessThanOrEqualTo(1 + 3);
    }

    /** What the functions of the database do must be known first, and of each node once what its new processes are like. */
    private void awaitStandbys(RouterProcess router) {
        Await.until("reads on both standbys", () -> {
            try (FakeClient client = logIn(router.port())) {
                client.send(query(READ));
                client.reply();
            }
            return router.count(RouterProcess.address(cluster, 2), "reads") > 0
                    && router.count(RouterProcess.address(cluster, 3), "reads") > 0;
        });
    }

    private static FakeClient logIn(int port) throws IOException {
        FakeClient client = FakeClient.dialPatiently(port);
        List<String> greeting =
                client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", ROLE, "database", "app"), PASSWORD);
        assertThat(greeting.getLast()).isEqualTo("Ready I");
        return client;
    }

    private static List<byte[]> pdo(String sql) {
        return List.of(
                join(parse("pdo_stmt", sql), sync()),
                join(bindNothing("pdo_stmt"), describePortal(), execute(), sync()),
                query("DEALLOCATE pdo_stmt"));
    }

    private static byte[] extended(String sql) {
        return join(parse("", sql), bindNothing(""), describePortal(), execute(), sync());
    }

    private static List<byte[]> repeated(List<byte[]> messages) {
        return Collections.nCopies(ROUNDS, messages).stream()
                .flatMap(List::stream)
                .toList();
    }

    private Cost cost(RouterProcess router, String name, List<byte[]> requests) throws Exception {
        int direct = statements(1, cluster.port(1), requests)[0];
        int[] through = statements(cluster.nodes(), router.port(), requests);
        int standbys = 0;
        for (int i = 1; i < through.length; i++) {
            standbys += through[i];
        }
        System.out.printf(
                "%-45s directly %3d, through pgrouter %3d on the primary and %3d on standbys%n",
                name, direct, through[0], standbys);
        return new Cost(direct, through[0], standbys);
    }

    /** How many statements each of the nodes has run for a session, while that is still there. */
    private int[] statements(int nodes, int port, List<byte[]> requests) throws Exception {
        int[] run = new int[nodes];
        for (int node = 1; node <= nodes; node++) {
            run[node - 1] = -logged(node);
        }
        try (FakeClient client = logIn(port)) {
            for (byte[] request : requests) {
                assertAnswered(client, request);
            }
            for (int node = 1; node <= nodes; node++) {
                run[node - 1] += logged(node);
            }
        }
        return run;
    }

    private static void assertAnswered(FakeClient client, byte[] request) throws IOException {
        client.send(request);
        assertThat(client.reply()).noneMatch(message -> message.startsWith("ERROR"));
    }

    private int logged(int node) throws SQLException {
        String log = cluster.ask(node, "SELECT pg_read_file(current_setting('data_directory') || '/../log')");
        return (int) STATEMENT.matcher(log).results().count();
    }
}
