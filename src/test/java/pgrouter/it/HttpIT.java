package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pgrouter.testing.Await;
import pgrouter.testing.LongRun;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.PrometheusText;
import pgrouter.testing.RouterProcess;

/** The status over HTTP: for Prometheus, for probes of containers, and as JSON. The cluster has its promotion last. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HttpIT {
    private static final int REQUESTS = LongRun.repetitions(2_000, 10_000);

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static PostgresCluster cluster;
    private static RouterProcess router;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        cluster = PostgresCluster.start(PostgresCluster.Options.standard());
        router =
                RouterProcess.before(cluster, new RouterProcess.Options().http().with("pool { size 0 }"));
        port = router.httpPort();
    }

    @AfterAll
    static void stop() throws Exception {
        router.close();
        cluster.close();
    }

    private static HttpResponse<String> request(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    private static String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = request("GET", path);
        assertThat(response.statusCode()).as(path).isEqualTo(200);
        return response.body();
    }

    private static PrometheusText metrics() throws IOException, InterruptedException {
        return PrometheusText.parse(get("/metrics"));
    }

    private static String backend(int node) {
        return "{backend=" + RouterProcess.address(cluster, node) + "}";
    }

    private static String requests(int node, String route) {
        return "{backend=" + RouterProcess.address(cluster, node) + ", route=" + route + "}";
    }

    private static double answered(PrometheusText metrics, int node) {
        return metrics.value("pgrouter_backend_requests_total", requests(node, "reader"))
                + metrics.value("pgrouter_backend_requests_total", requests(node, "writer"));
    }

    /** In the application's database, as the node counts them; a server's process tells all of its own when it ends. */
    private static long transactions(int node) throws Exception {
        String sessions = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'";
        Await.until(
                "no session is left at node " + node, () -> ask(node, sessions).equals("0"));
        return Long.parseLong(
                ask(node, "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'app'"));
    }

    private static String ask(int node, String query) throws SQLException {
        try (Connection connection = cluster.connect(node, "postgres", PostgresCluster.Login.SUPERUSER)) {
            return Sql.ask(connection, query);
        }
    }

    private static List<Long> transactions() throws Exception {
        List<Long> counts = new ArrayList<>();
        for (int node = 1; node <= cluster.nodes(); node++) {
            counts.add(transactions(node));
        }
        return counts;
    }

    /** pgrouter's own part of what the nodes count is that it looks for functions. */
    @Test
    void theCountersAgreeWithThoseOfTheNodes() throws Exception {
        cluster.run(1, "CREATE TABLE counted (i int)");
        PrometheusText before = metrics();
        List<Long> counted = transactions();
        try (Connection connection = router.connect()) {
            for (int i = 0; i < REQUESTS / 2; i++) {
                Sql.run(connection, "INSERT INTO counted VALUES (1)");
                Sql.ask(connection, "SELECT 1");
            }
        }
        PrometheusText after = metrics();
        List<Long> countedThen = transactions();
        double all = 0;
        for (int node = 1; node <= cluster.nodes(); node++) {
            double answered = answered(after, node) - answered(before, node);
            all += answered;
            assertThat((double) countedThen.get(node - 1) - counted.get(node - 1))
                    .as("node " + node)
                    .isBetween(answered, answered + 50);
        }
        assertThat(all).isEqualTo(REQUESTS);
        assertThat(timed(after) - timed(before)).isEqualTo(REQUESTS);
    }

    private static double timed(PrometheusText metrics) {
        return metrics.value("pgrouter_request_seconds_count", "{route=reader}")
                + metrics.value("pgrouter_request_seconds_count", "{route=writer}");
    }

    @Test
    void everyBackendHasItsStateRoleAndLag() throws Exception {
        PrometheusText metrics = metrics();
        assertThat(metrics.value("pgrouter_writer_known", "{}")).isEqualTo(1);
        assertThat(metrics.value("pgrouter_backend_reader", backend(1))).isZero();
        assertThat(metrics.value("pgrouter_backend_reader", backend(2))).isEqualTo(1);
        assertThat(metrics.value("pgrouter_backend_lag_bytes", backend(1))).isNaN();
        assertThat(metrics.value("pgrouter_backend_lag_bytes", backend(2))).isNotNegative();
        String address = RouterProcess.address(cluster, 1);
        assertThat(metrics.value("pgrouter_backend_role", "{backend=" + address + ", role=primary}"))
                .isEqualTo(1);
        assertThat(metrics.value("pgrouter_backend_state", "{backend=" + address + ", state=ok}"))
                .isEqualTo(1);
    }

    @Test
    void refusalsErrorsAndLoginsAreCounted() throws Exception {
        try (Connection connection = router.connect()) {
            Sql.run(connection, "CREATE TABLE t (i int)");
            Sql.run(
                    connection,
                    "CREATE FUNCTION w() RETURNS int LANGUAGE sql AS 'INSERT INTO t VALUES (1) RETURNING 1'");
            Await.until("a standby has refused it", () -> {
                Sql.ask(connection, "SELECT w() /* secret */");
                return metrics().value("pgrouter_redirect_seconds_count", "{}") > 0;
            });
            Sql.ask(connection, "SELECT w()");
            try {
                Sql.ask(connection, "SELECT 1/0, 'secret'");
            } catch (SQLException divisionByZero) {
                assertThat(divisionByZero.getSQLState()).isEqualTo("22012");
            }
            PrometheusText metrics = metrics();
            assertThat(metrics.value("pgrouter_login_seconds_count", "{}")).isGreaterThanOrEqualTo(1);
            assertThat(metrics.value("pgrouter_learned_routes_total", "{}")).isGreaterThanOrEqualTo(1);
            String text = get("/metrics");
            assertThat(text).contains("class=\"22\"").contains("class=\"25\"");
            JsonNode learned = status().get("learned").get(0);
            assertThat(learned.get("text").asText()).isEqualTo("SELECT w()");
            assertThat(learned.get("routes").asInt()).isPositive();
            assertThat(text + get("/status.json")).doesNotContain("secret");
        }
    }

    private static JsonNode status() throws IOException, InterruptedException {
        return new ObjectMapper().readTree(get("/status.json"));
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void withoutAPrimaryItIsAliveButNotReadyAndAPromotionIsAnEvent() throws Exception {
        assertThat(get("/readyz")).isEqualTo("a primary is known\n");
        cluster.stop(1);
        Await.until("it is not ready", () -> request("GET", "/readyz").statusCode() == 503);
        assertThat(request("GET", "/readyz").body()).isEqualTo("no backend answers as primary\n");
        assertThat(get("/healthz")).isEqualTo("alive\n");
        assertThat(status().get("writer").isNull()).isTrue();
        cluster.promote(2);
        Await.until("it is ready again", () -> request("GET", "/readyz").statusCode() == 200);
        assertThat(status().get("writer").asText()).isEqualTo(RouterProcess.address(cluster, 2));
        // The new primary is in use before it is written down.
        Await.until(
                "the promotion is an event", () -> events().contains("promotion " + RouterProcess.address(cluster, 2)));
        assertThat(events()).contains("failed " + RouterProcess.address(cluster, 1));
    }

    private List<String> events() throws Exception {
        List<String> events = new ArrayList<>();
        status().get("events")
                .forEach(event -> events.add(
                        event.get("kind").asText() + " " + event.get("backend").asText()));
        return events;
    }

    @Test
    void theHistoryGrowsByItself() throws Exception {
        Await.until("two samples", () -> status().get("history").get("samples").size() > 1);
        JsonNode sample = status().get("history").get("samples").get(0);
        assertThat(sample.get("lag_bytes")
                        .get(RouterProcess.address(cluster, 2))
                        .asInt())
                .isZero();
        assertThat(sample.get("reader_ms").isNull()).isTrue();
    }

    @Test
    void thePageFetchesNothingFromElsewhere() throws Exception {
        HttpResponse<String> page = request("GET", "/");
        assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                .startsWith("default-src 'none';");
        assertThat(page.body())
                .contains("<title>pgrouter</title>")
                .doesNotContainPattern("(src|href)=")
                .doesNotContain("innerHTML");
    }

    @Test
    void whatIsNotThereIsSaidInAWord() throws Exception {
        assertThat(request("POST", "/metrics").statusCode()).isEqualTo(405);
        assertThat(request("GET", "/etc/passwd").statusCode()).isEqualTo(404);
        assertThat(raw("GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 404");
        HttpResponse<String> head = request("HEAD", "/status.json");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    /** What a browser sends for a site whose name leads to a loopback address. */
    @ParameterizedTest
    @CsvSource({
        "rebound.example, 421",
        "127.0.0.1.rebound.example:80, 421",
        "localhost.example, 421",
        "[::2], 421",
        "localhost, 200",
        "LOCALHOST:9187, 200",
        "127.0.0.1:9187, 200",
        "127.1.2.3, 200",
        "[::1]:9187, 200",
        "router.localhost, 200"
    })
    void atALoopbackAddressOnlyLoopbackNamesAreAnswered(String host, String code) throws IOException {
        assertThat(raw("GET /status.json HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 " + code);
    }

    @Test
    void whereUsersAreNamedOnlyTheyMayReadAndProbesGoOn() throws Exception {
        try (RouterProcess closed = RouterProcess.before(cluster, new RouterProcess.Options().httpFor("app"))) {
            URI base = URI.create("http://127.0.0.1:" + closed.httpPort());
            for (String path : List.of("/", "/metrics", "/status.json", "/nowhere")) {
                HttpResponse<String> stranger =
                        CLIENT.send(HttpRequest.newBuilder(base.resolve(path)).build(), BodyHandlers.ofString());
                assertThat(stranger.statusCode()).as(path).isEqualTo(401);
                assertThat(stranger.headers().firstValue("www-authenticate"))
                        .hasValueSatisfying(asked -> assertThat(asked).startsWith("Basic realm="));
            }
            for (String path : List.of("/healthz", "/readyz")) {
                HttpRequest probe = HttpRequest.newBuilder(base.resolve(path)).build();
                assertThat(CLIENT.send(probe, BodyHandlers.ofString()).statusCode())
                        .isEqualTo(200);
            }
            String credentials = Base64.getEncoder().encodeToString("app:app-secret".getBytes(StandardCharsets.UTF_8));
            HttpRequest known = HttpRequest.newBuilder(base.resolve("/metrics"))
                    .header("Authorization", "Basic " + credentials)
                    .build();
            assertThat(CLIENT.send(known, BodyHandlers.ofString()).body()).contains("pgrouter_writer_known 1");
        }
    }

    @Test
    void whoSaysNothingKeepsNobodyOut() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), port));
                silent.getLast().getOutputStream().write("GET /metrics HT".getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(get("/healthz")).isEqualTo("alive\n");
            assertThat(raw("GET /" + "x".repeat(1 << 20) + " HTTP/1.1\r\n\r\n")).doesNotStartWith("HTTP/1.1 200");
            assertThat(get("/healthz")).isEqualTo("alive\n");
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException closed) {
            return "";
        }
    }

    /** Every metric that the dashboard draws is there. */
    @Test
    void theDashboardNamesOnlyWhatIsServed() throws Exception {
        String dashboard = Files.readString(Path.of("conf/grafana-dashboard.json"));
        new ObjectMapper().readTree(dashboard);
        var families = metrics().families();
        assertThat(Pattern.compile("\\b(pgrouter|jvm|process)_[a-z_]+")
                        .matcher(dashboard)
                        .results())
                .isNotEmpty()
                .allSatisfy(
                        name -> assertThat(families).contains(name.group().replaceFirst("_(bucket|sum|count)$", "")));
    }

    @Test
    void promtoolHasNothingToSay() throws Exception {
        Process promtool;
        try {
            promtool = new ProcessBuilder("promtool", "check", "metrics")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            Assumptions.abort("promtool is not installed");
            return;
        }
        promtool.getOutputStream().write(get("/metrics").getBytes(StandardCharsets.UTF_8));
        promtool.getOutputStream().close();
        String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(output).isEmpty();
    }
}
