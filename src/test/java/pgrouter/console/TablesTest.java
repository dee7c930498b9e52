package pgrouter.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pgrouter.backend.ServerFacts;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;
import pgrouter.config.Config;
import pgrouter.config.ConfigException;
import pgrouter.metrics.ClientFacts;
import pgrouter.metrics.Metrics;
import pgrouter.routing.LearnedRefusals;
import pgrouter.routing.ShapePath;
import pgrouter.routing.TransactionShapes;

final class TablesTest {
    private static final Instant START = Instant.parse("2026-11-25T17:01:02.345Z");

    private static final String TEXT = """
            listen *:1; monitor *:3; http h:5 { users p, q }; workers 4
            authdb /a; authdb query "SELECT 1"; hba hba.conf; ident i; user u; group g; pidfile p
            log debug { to l; format json; slow 300ms }
            tls { ciphers ALL; cert c.pem; key /k.pem; passphrase top-secret; ca a; crl b; protocols TLSv1.3; require on }
            health { timeout 1s; check 2m; database d; username h; password top-secret }
            consistency cluster; wait 20ms; transactions optimistic
            route { functions ask; writer function f; writer matching "w"; reader matching "r" }
            clients 7 { user 6; address 5; memory 1mb }; login 8s; idle 9m; failover 10s; shutdown 0; pool { size 3; idle 90s; age 45s }
            console { users x, y }
            backend db1 { tls on; ca /ca; cert /c; key /k; passphrase top-secret; lag 5kb 300ms; weight 6; timeout 7ms; auth md5 }
            backend db2:7 { lag 2s }
            """;

    private final Metrics metrics = new Metrics();
    private final LearnedRefusals learned = new LearnedRefusals(System::nanoTime);
    private final TransactionShapes shapes = new TransactionShapes(System::nanoTime);
    private final Config config;
    private final Cluster cluster;

    TablesTest() throws ConfigException {
        config = Config.parse(TEXT, "f", Path.of("/etc"));
        cluster = new Cluster(config.live().backends());
        Node primary = Node.primary(config.live().backends().get(0), new Lsn(1), 1, 0);
        Node standby = Node.standby(config.live().backends().get(1), Optional.of(new Lsn(1)), Optional.of(7L), 0);
        cluster.publish(new ClusterView(List.of(primary, standby)));
    }

    private List<List<Optional<String>>> rows(Table table) {
        ClientFacts client = new ClientFacts(
                3, Optional.of("app"), Optional.of("db"), Optional.of("psql"), Optional.empty(), "idle", START, true);
        ServerFacts server = new ServerFacts(3, config.live().backends().get(1).address(), false, 4711);
        Facts facts = new Facts(
                "1.2",
                START,
                cluster,
                metrics,
                learned,
                shapes,
                () -> config,
                () -> List.of(client),
                () -> List.of(server),
                address -> 2,
                address -> 1);
        return Tables.rows(table, facts, START.plusSeconds(5));
    }

    private List<String> lines(Table table) {
        return rows(table).stream()
                .map(row -> String.join(
                        "|", row.stream().map(value -> value.orElse("-")).toList()))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Table.class)
    void aRowHasAValueForEachColumn(Table table) {
        assertThat(rows(table)).allSatisfy(row -> assertThat(row).hasSameSizeAs(table.columns()));
    }

    @Test
    void backends() {
        metrics.backend("db2:7").read();
        metrics.backend("db2:7").redirect();
        assertThat(lines(Table.BACKENDS))
                .containsExactly(
                        "db1:5432|primary|OK|no|-|5kb 300ms|6|2|1|0|0|0|-", "db2:7|standby|OK|no|7|2s|100|2|1|1|0|1|-");
        assertThat(lines(Table.ROUTES))
                .contains("reader|db2:7|1", "redirected|db2:7|1", "writer|db1:5432|0", "learned|-|0");
        cluster.change(view -> view.drained(config.live().backends().get(1).address(), true));
        assertThat(lines(Table.BACKENDS)).contains("db2:7|standby|OK|yes|7|2s|100|2|1|1|0|1|drained");
    }

    @Test
    void clientsAndTheirServers() {
        assertThat(lines(Table.CLIENTS)).containsExactly("3|app|db|-|psql|idle|2026-11-25T17:01:02Z|yes");
        assertThat(lines(Table.SERVERS)).containsExactly("3|db2:7|reader|4711");
        assertThat(lines(Table.STATS)).contains("uptime_seconds|5", "backends|2", "backends_ok|2", "reads|0");
        assertThat(lines(Table.VERSION)).containsExactly("pgrouter 1.2");
    }

    @Test
    void whatWasLearned() {
        learned.take("db").learn(1, config.live().backends().get(0).address(), "SELECT nextval(?)");
        assertThat(lines(Table.LEARNED)).containsExactly("SELECT nextval(?)|0");
        learned.forget();
        assertThat(lines(Table.LEARNED)).isEmpty();
    }

    @Test
    void howTransactionsHaveEnded() {
        ShapePath path = new ShapePath();
        path.begin(1);
        path.describe("BEGIN");
        path.next(2);
        path.describe("UPDATE t SET a = ?");
        path.next(3);
        TransactionShapes.OfDatabase database = shapes.take("db");
        database.ended(path, true);
        database.ended(path, true);
        database.ended(path, false);
        assertThat(lines(Table.SHAPES))
                .containsExactly("db|BEGIN|1|2|1|standby", "db|UPDATE t SET a = ?|2|2|1|primary", "db|-|3|2|1|primary");
        shapes.forget();
        assertThat(lines(Table.SHAPES)).isEmpty();
    }

    @Test
    void theConfigurationIsShownAsItIsWrittenAndWithoutSecrets() {
        assertThat(lines(Table.CONFIG))
                .contains(
                        "listen|*:1|yes",
                        "authdb query|SELECT 1|no",
                        "http users|p, q|no",
                        "log slow|300ms|no",
                        "health check|2m|no",
                        "health password|(hidden)|no",
                        "tls passphrase|(hidden)|no",
                        "route writer function|f|yes",
                        "idle|9m|no",
                        "shutdown|0|no",
                        "pool idle|90s|no",
                        "pool age|45s|no",
                        "console users|x, y|no",
                        "backend db1:5432 lag|5kb 300ms|no",
                        "backend db1:5432 passphrase|(hidden)|no",
                        "backend db1:5432 auth|md5|no",
                        "backend db2:7 auth|-|no",
                        "backend db2:7 lag|2s|no",
                        "backend db2:7 ca|-|no")
                .noneMatch(line -> line.contains("top-secret"));
    }

    @Test
    void aChangeOfEachDirectiveNeedsARestartWhereTheTableSaysSo() throws ConfigException {
        Config other = Config.parse("authdb /b\nbackend other", "f", Path.of("/etc"));
        Set<String> atRestart = rows(Table.CONFIG).stream()
                .filter(row -> row.get(2).equals(Optional.of("yes")))
                .map(row -> row.get(0).orElseThrow().split(" ", 2)[0])
                .collect(Collectors.toSet());
        assertThat(config.needsRestart(other)).containsExactlyInAnyOrderElementsOf(atRestart);
    }

    @Test
    void helpNamesEveryTable() {
        for (Table table : Table.values()) {
            if (table != Table.HELP) {
                assertThat(lines(Table.HELP)).anyMatch(line -> line.startsWith("SHOW " + table + "|"));
            }
        }
    }
}
