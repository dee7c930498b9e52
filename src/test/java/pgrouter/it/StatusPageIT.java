package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import pgrouter.testing.Await;
import pgrouter.testing.Chromium;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;

/** What an operator sees on the status page during a promotion. Its pictures lie in {@code target/status-page}. */
class StatusPageIT {
    private static final int PHONE = 360;
    private static final int SCREEN = 1600;

    @Test
    void aPromotionIsSeenOnThePage() throws Exception {
        Path program = Chromium.installed()
                .orElseGet(() -> Assumptions.abort("no Chromium is installed, so nobody looks at the status page"));
        try (PostgresCluster cluster = PostgresCluster.start(PostgresCluster.Options.standard());
                RouterProcess router = RouterProcess.before(cluster, new RouterProcess.Options().http());
                Chromium chromium = Chromium.start(program)) {
            use(router);
            String server = "http://127.0.0.1:" + router.httpPort() + "/";
            chromium.show(server);
            awaitRole(chromium, cluster, 1, "primary", "OK");
            awaitRole(chromium, cluster, 2, "standby", "OK");
            assertThat(text(chromium, "#redirects")).contains("SELECT w()").doesNotContain("secret");
            Await.until(
                    "the transaction",
                    () -> text(chromium, "#transactions")
                            .contains("and 1 ran on the primary. 1 of these did not need it"));
            pictures(chromium, "before");

            cluster.stop(1);
            cluster.promote(2);
            long promoted = System.nanoTime();
            awaitRole(chromium, cluster, 2, "primary", "OK");
            System.out.printf("the new role is on the page after %d ms%n", (System.nanoTime() - promoted) / 1_000_000);
            awaitRole(chromium, cluster, 1, "primary", "FAILED");
            Await.until("the event", () -> text(chromium, "#events").contains("is the primary now"));
            assertThat(text(chromium, "#summary")).contains("writes go to " + RouterProcess.address(cluster, 2));
            pictures(chromium, "after");
            assertThat(chromium.complaints()).isEmpty();
            assertThat(chromium.requests()).isNotEmpty().allMatch(url -> url.startsWith(server));

            router.signal("TERM");
            Await.until(
                    "the page says that it is old",
                    () -> text(chromium, "#trouble").contains("does not answer"));
        }
    }

    private static void use(RouterProcess router) throws Exception {
        try (Connection connection = router.connect()) {
            Sql.run(connection, "CREATE TABLE t (i int)");
            Sql.run(
                    connection,
                    "CREATE FUNCTION w() RETURNS int LANGUAGE sql AS 'INSERT INTO t VALUES (1) RETURNING 1'");
            Await.until("a standby has refused it", () -> {
                Sql.ask(connection, "SELECT w() /* secret */");
                return Sql.ask(connection, "SHOW pgrouter.last_route").contains("redirected");
            });
            Sql.ask(connection, "SELECT w()");
            connection.setAutoCommit(false);
            Sql.ask(connection, "SELECT 1");
            connection.commit();
        }
    }

    private static void awaitRole(Chromium chromium, PostgresCluster cluster, int node, String role, String state) {
        String box = "document.querySelector('[data-address=\"%s\"][data-role=\"%s\"][data-state=\"%s\"]') !== null"
                .formatted(RouterProcess.address(cluster, node), role, state);
        Await.until(
                node + " is " + role + " " + state, () -> chromium.evaluate(box).asBoolean());
    }

    private static String text(Chromium chromium, String selector) throws Exception {
        return chromium.evaluate("document.querySelector('" + selector + "').innerText")
                .asText();
    }

    private static void pictures(Chromium chromium, String name) throws Exception {
        Path directory = Files.createDirectories(Path.of("target/status-page"));
        for (int width : new int[] {PHONE, SCREEN}) {
            for (boolean dark : new boolean[] {false, true}) {
                chromium.look(width, dark);
                assertThat(chromium.evaluate("document.documentElement.scrollWidth")
                                .asInt())
                        .as("no part of the page is beyond its edge")
                        .isLessThanOrEqualTo(width);
                String background = chromium.evaluate("getComputedStyle(document.body).backgroundColor")
                        .asText();
                assertThat(background).isEqualTo(dark ? "rgb(20, 23, 28)" : "rgb(251, 250, 247)");
                chromium.screenshot(directory.resolve(name + "-" + width + (dark ? "-dark" : "-light") + ".png"));
            }
        }
    }
}
