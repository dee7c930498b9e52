package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageBuilder;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.Frontend;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** What an administrator sees and does at the console, by psql, by a driver, and by any bytes. */
@ExtendWith(SharedCluster.class)
class ConsoleIT {
    private static final int PROTOCOL_3_2 = 3 << 16 | 2;
    private static final Map<String, String> ADMIN = Map.of("user", "admin", "database", "pgrouter");

    private static PostgresCluster cluster;
    private RouterProcess router;

    @BeforeAll
    static void share(PostgresCluster shared) {
        cluster = shared;
    }

    @AfterEach
    void stop() throws IOException {
        if (router != null) {
            router.close();
        }
    }

    private void start(String directives) throws IOException {
        router = RouterProcess.before(
                cluster,
                new RouterProcess.Options()
                        .authDb("app plain app-secret\nadmin plain admin-secret\n")
                        .with(directives));
    }

    private void start() throws IOException {
        start("console { users admin, somebody }");
    }

    private String psql(String statement) throws Exception {
        return psql("admin", "admin-secret", statement);
    }

    private String psql(String user, String password, String statement) throws Exception {
        String connection = "host=127.0.0.1 port=" + router.port() + " dbname=pgrouter user=" + user;
        return Psql.run(connection, password, statement);
    }

    private Connection console(String... properties) throws SQLException {
        Properties all = new Properties();
        all.setProperty("user", "admin");
        all.setProperty("password", "admin-secret");
        for (int i = 0; i < properties.length; i += 2) {
            all.setProperty(properties[i], properties[i + 1]);
        }
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + router.port() + "/pgrouter", all);
    }

    private static List<String> column(Connection connection, String sql, String column) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(column));
            }
        }
        return values;
    }

    private static String address(int node) {
        return RouterProcess.address(cluster, node);
    }

    @Test
    void psqlShowsEveryTable() throws Exception {
        assumeTrue(Psql.isInstalled(), "psql is not installed");
        start();
        assertThat(psql("SHOW BACKENDS").lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith(address(1) + "|primary|OK|no||16mb 10s|100|"));
        assertThat(psql("SHOW CLIENTS;").lines())
                .singleElement()
                .asString()
                .contains("|admin|pgrouter|127.0.0.1|psql|active|");
        assertThat(psql("show stats")).contains("backends_ok|3");
        assertThat(psql("/* all */ SHOW ROUTES -- of them")).contains("learned||0");
        assertThat(psql("SHOW CONFIG"))
                .contains("console users|admin, somebody|no", "health password|(hidden)|no")
                .doesNotContain("sekrit");
        assertThat(psql("SHOW VERSION; SHOW HELP")).contains("pgrouter ", "DRAIN HOST:PORT|");
        assertThat(psql("SHOW PIPES; SHOW LEARNED")).isEmpty();
        assertThat(psql("DROP TABLE t")).startsWith("ERROR:").contains("SHOW HELP");
    }

    @Test
    void onlyWhoIsNamedMayUseItAndOnlyByPassword() throws Exception {
        assumeTrue(Psql.isInstalled(), "psql is not installed");
        start();
        assertThat(psql("app", "app-secret", "SHOW HELP")).isEqualTo("FATAL:  permission denied for the console");
        assertThat(psql("admin", "wrong", "SHOW HELP")).contains("password authentication failed");
        assertThat(psql("somebody", "x", "SHOW HELP")).contains("password authentication failed");
    }

    @Test
    void withoutAConsoleItIsADatabaseAsAnyOther() throws Exception {
        assumeTrue(Psql.isInstalled(), "psql is not installed");
        start("");
        assertThat(psql("app", "app-secret", "SHOW HELP")).contains("database \"pgrouter\" does not exist");
        router.rewrite(text -> text.replace("log DEBUG", "log DEBUG\nconsole { users admin }"));
        router.reload();
        assertThat(psql("SHOW VERSION")).startsWith("pgrouter ");
    }

    @Test
    void aDrainedStandbyGetsNoReadsUntilItIsResumed() throws Exception {
        start();
        try (Connection admin = console();
                Connection app = router.connect()) {
            for (int node : List.of(2, 3)) {
                Sql.run(admin, "DRAIN " + address(node));
                int other = 5 - node;
                Await.until("reads go elsewhere", () -> {
                    Sql.ask(app, "SELECT 1");
                    return Sql.ask(app, "SHOW pgrouter.last_route").equals("reader " + address(other));
                });
                assertThat(column(admin, "SHOW BACKENDS", "drained").get(node - 1))
                        .isEqualTo("yes");
                router.awaitLine(address(node) + " reason drained");
                router.reload();
                assertThat(column(admin, "SHOW BACKENDS", "drained").get(node - 1))
                        .isEqualTo("yes");
                Sql.run(admin, "RESUME " + address(node));
                assertThat(column(admin, "SHOW BACKENDS", "drained")).containsOnly("no");
            }
        }
        router.awaitLog("user \"admin\": DRAIN " + address(2));
        router.awaitLog("user \"admin\": RESUME " + address(2));
    }

    @Test
    void whatIsSaidOfADrainedPrimary() throws Exception {
        start();
        try (Connection admin = console();
                Statement statement = admin.createStatement()) {
            statement.execute("DRAIN " + address(1));
            SQLWarning notice = statement.getWarnings();
            assertThat(notice.getMessage()).contains(address(1) + " is the primary");
            assertThat(Failures.of(() -> statement.execute("DRAIN nowhere:1"))).isEqualTo("42704");
            try (Connection app = router.connect()) {
                Sql.run(app, "CREATE TEMP TABLE t (a int)");
            }
        }
    }

    @Test
    void aKilledClientIsToldSoAndItsQueryEnds() throws Exception {
        start();
        try (Connection admin = console();
                Connection idle = router.connect();
                Connection busy = router.connect()) {
            busy.setAutoCommit(false);
            Sql.run(busy, "CREATE TEMP TABLE t (a int)");
            List<String> clients = column(admin, "SHOW CLIENTS", "client");
            assertThat(column(admin, "SHOW CLIENTS", "state")).containsExactly("active", "idle", "idle in transaction");
            assertThat(column(admin, "SHOW SERVERS", "client")).contains(clients.get(1), clients.get(2));
            Sql.run(admin, "KILL CLIENT " + clients.get(1));
            Await.until(
                    "the idle one is gone",
                    () -> column(admin, "SHOW CLIENTS", "client").size() == 2);
            assertThat(Failures.of(() -> Sql.ask(idle, "SELECT 1"))).isIn("57P01", "08006");
            Thread waiting = Thread.ofVirtual().start(() -> Failures.of(() -> Sql.ask(busy, "SELECT pg_sleep(600)")));
            Await.until(
                    "it sleeps", () -> column(admin, "SHOW CLIENTS", "state").contains("active") && sleeping() == 1);
            Sql.run(admin, "KILL CLIENT " + clients.get(2));
            waiting.join();
            Await.until("nobody sleeps", () -> sleeping() == 0);
            assertThat(Failures.of(() -> Sql.run(admin, "KILL CLIENT " + clients.get(2))))
                    .isEqualTo("42704");
            router.awaitLog("user \"admin\": KILL CLIENT " + clients.get(2));
        }
    }

    private static long sleeping() throws Exception {
        return Long.parseLong(cluster.ask(
                1, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND state = 'active'"));
    }

    @Test
    void aReloadSaysWhatIsWrong() throws Exception {
        start();
        try (Connection admin = console()) {
            Sql.run(admin, "RELOAD");
            router.awaitLog("pgrouter: reloaded");
            router.rewrite(text -> text + "nonsense 1\nlog LOUD\n");
            assertThatThrownBy(() -> Sql.run(admin, "RELOAD"))
                    .hasMessageContaining("not reloaded")
                    .hasMessageContaining("`nonsense`")
                    .hasMessageContaining("`LOUD`");
            assertThat(Sql.ask(admin, "SHOW VERSION")).startsWith("pgrouter ");
        }
    }

    @Test
    void whatWasLearnedCanBeForgotten() throws Exception {
        start();
        try (Connection admin = console();
                Connection app = router.connect()) {
            Sql.run(
                    app,
                    "CREATE FUNCTION writes() RETURNS int LANGUAGE sql AS 'INSERT INTO w VALUES (1) RETURNING 1'"
                            .replace("CREATE", "CREATE TABLE w (a int); CREATE"));
            Await.until("a refusal is learned", () -> {
                Sql.ask(app, "SELECT writes() + 4711");
                return !column(admin, "SHOW LEARNED", "text").isEmpty();
            });
            assertThat(column(admin, "SHOW LEARNED", "text").getFirst())
                    .contains("writes")
                    .doesNotContain("4711");
            Sql.run(admin, "FORGET LEARNED; FORGET SHAPES");
            assertThat(column(admin, "SHOW LEARNED", "text")).isEmpty();
            assertThat(column(admin, "SHOW SHAPES", "text")).isEmpty();
        } finally {
            cluster.run(1, "DROP FUNCTION IF EXISTS writes(); DROP TABLE IF EXISTS w");
        }
    }

    @Test
    void shutdownWaitsForWhatIsUnderWayAndImmediateDoesNot() throws Exception {
        start("shutdown 1m\nconsole { users admin }");
        try (Connection admin = console();
                Connection busy = router.connect()) {
            busy.setAutoCommit(false);
            Sql.run(busy, "CREATE TEMP TABLE t (a int)");
            Sql.run(admin, "SHUTDOWN");
            Await.until("the console is ended", () -> !admin.isValid(5));
            assertThat(router.isAlive()).isTrue();
            busy.commit();
        }
        assertThat(router.awaitExit()).isZero();
        router.close();
        start();
        try (Connection admin = console();
                Connection busy = router.connect()) {
            busy.setAutoCommit(false);
            Sql.run(busy, "CREATE TEMP TABLE t (a int)");
            assertThat(Failures.of(() -> Sql.run(admin, "SHUTDOWN IMMEDIATE"))).startsWith("08");
            assertThat(router.awaitExit()).isZero();
        }
    }

    /** pgjdbc asks for binary results after five executions, fetches in portions within a transaction, and tries its connections. */
    @Test
    void aDriverPreparesFetchesAndCommits() throws Exception {
        start();
        try (Connection admin =
                console("prepareThreshold", "1", "ApplicationName", "panel", "assumeMinServerVersion", "13")) {
            assertThat(admin.isValid(5)).isTrue();
            try (PreparedStatement statement = admin.prepareStatement("SHOW HELP")) {
                for (int i = 0; i < 8; i++) {
                    try (ResultSet rows = statement.executeQuery()) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getString("statement")).isEqualTo("SHOW BACKENDS");
                    }
                }
            }
            admin.setAutoCommit(false);
            try (Statement statement = admin.createStatement()) {
                statement.setFetchSize(2);
                try (ResultSet rows = statement.executeQuery("SHOW HELP")) {
                    int count = 0;
                    while (rows.next()) {
                        count++;
                    }
                    assertThat(count).isEqualTo(17);
                }
            }
            assertThat(Failures.of(() -> Sql.run(admin, "nonsense"))).isEqualTo("42601");
            assertThat(Failures.of(() -> Sql.ask(admin, "SELECT 1"))).isEqualTo("25P02");
            admin.rollback();
            assertThat(Sql.ask(admin, "SELECT 1")).isEqualTo("1");
            admin.commit();
            assertThat(admin.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
            assertThat(column(admin, "SHOW CLIENTS", "application_name")).contains("panel");
        }
        try (Connection admin = console("preferQueryMode", "simple")) {
            assertThat(Sql.ask(admin, "SHOW VERSION")).startsWith("pgrouter ");
        }
    }

    private FakeClient raw(int version) throws IOException {
        FakeClient client = FakeClient.dialPatiently(router.port());
        List<String> greeting = client.logIn(version, ADMIN, "admin-secret");
        assertThat(greeting)
                .contains("Parameter client_encoding=UTF8", "Parameter standard_conforming_strings=on")
                .endsWith("Ready I");
        return client;
    }

    private static byte[] bind(String portal, String statement, int... formats) {
        MessageBuilder body =
                new MessageBuilder().string(portal).string(statement).int16(0).int16(0);
        body.int16(formats.length);
        for (int format : formats) {
            body.int16(format);
        }
        return Frontend.message(FrontendTag.BIND, body.toByteArray());
    }

    private static byte[] execute(String portal, int most) {
        return Frontend.message(
                FrontendTag.EXECUTE,
                new MessageBuilder().string(portal).int32(most).toByteArray());
    }

    @Test
    void theExtendedProtocolIsAsPostgresqlHasIt() throws Exception {
        start();
        try (FakeClient client = raw(PROTOCOL_3_2)) {
            client.send(
                    Frontend.parse("s", "SHOW VERSION"),
                    Frontend.describeStatement("s"),
                    bind("p", "s", 1),
                    execute("p", 1),
                    execute("p", 1),
                    Frontend.sync());
            client.expect("ParseComplete", "ParameterDescription", "RowDescription", "BindComplete");
            assertThat(client.read()).startsWith("Row pgrouter ");
            client.expect("Suspended", "Complete SHOW", "Ready I");
            client.send(execute("p", 0), Frontend.parse("t", "SHOW HELP"), Frontend.sync());
            client.expect("ERROR 34000 portal \"p\" does not exist", "Ready I");
            client.send(Frontend.parse("s", "SHOW HELP"), Frontend.query("SHOW VERSION"), Frontend.sync());
            client.expect("ERROR 42P05 prepared statement \"s\" already exists", "Ready I");
            client.send(Frontend.closeStatement("s"), bind("", "s"), Frontend.flush());
            client.expect("CloseComplete", "ERROR 26000 prepared statement \"s\" does not exist");
            client.send(Frontend.sync());
            client.expect("Ready I");
            client.send(Frontend.parse("", "RELOAD; RELOAD"), Frontend.sync());
            client.expect("ERROR 42601 cannot insert multiple commands into a prepared statement", "Ready I");
            client.send(
                    Frontend.parse("", ""),
                    bind("", ""),
                    Frontend.describePortal(),
                    Frontend.execute(),
                    Frontend.sync());
            client.expect("ParseComplete", "BindComplete", "NoData", "EmptyQuery", "Ready I");
            client.send(Frontend.parse("", "SET a = 1"), bind("", "", 0, 0), Frontend.sync());
            client.expect(
                    "ParseComplete",
                    "ERROR 08P01 bind message has 2 result formats but query has 0 columns",
                    "Ready I");
            client.send(
                    Frontend.parse("", "SET a = 1"),
                    bind("", ""),
                    Frontend.execute(),
                    Frontend.execute(),
                    Frontend.sync());
            client.expect(
                    "ParseComplete",
                    "BindComplete",
                    "Complete SET",
                    "ERROR 55000 portal \"\" cannot be run",
                    "Ready I");
        }
    }

    @Test
    void aTransactionOfNothingIsToldAsOne() throws Exception {
        start();
        try (FakeClient client = raw(FakeClient.PROTOCOL_3_0)) {
            client.send(Frontend.query("BEGIN; SELECT 1"));
            client.expect("Complete BEGIN", "RowDescription", "Row 1", "Complete SELECT 1", "Ready T");
            client.send(Frontend.query("nonsense"));
            assertThat(client.reply()).hasSize(2).endsWith("Ready E");
            client.send(Frontend.query("COMMIT"));
            client.expect("Complete ROLLBACK", "Ready I");
            client.send(Frontend.query(" ; -- nothing"));
            client.expect("EmptyQuery", "Ready I");
            client.send(Frontend.functionCall(1));
            client.expect("ERROR 0A000 the console has no functions", "Ready I");
        }
    }

    @Test
    void malformedMessagesAreProtocolViolations() throws Exception {
        start();
        try (FakeClient client = raw(FakeClient.PROTOCOL_3_0)) {
            client.send(Frontend.message(FrontendTag.BIND, new byte[] {0}), Frontend.sync());
            assertThat(client.read()).startsWith("ERROR 08P01 ");
            client.expect("Ready I");
            client.send(Frontend.message(FrontendTag.QUERY, "SHOW VERSION".getBytes(StandardCharsets.UTF_8)));
            assertThat(client.read()).startsWith("ERROR 08P01 ");
            client.expect("Ready I");
            client.send(Frontend.message((byte) '!'));
            assertThat(client.read()).isEqualTo("FATAL 08P01 invalid frontend message type 33");
            client.expectEnd();
        }
        try (FakeClient client = raw(FakeClient.PROTOCOL_3_0)) {
            client.send(Frontend.query("SHOW VERSION".repeat(10_000)));
            assertThat(client.read()).isEqualTo("FATAL 08P01 invalid message length");
        }
    }
}
