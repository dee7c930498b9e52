package pgrouter.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pgrouter.backend.Connector;
import pgrouter.cluster.Cluster;
import pgrouter.config.Health;
import pgrouter.config.RouteRules;
import pgrouter.net.Carriers;
import pgrouter.routing.Catalogs;
import pgrouter.routing.Catalogs.Catalog;
import pgrouter.testing.Await;

/** What is known of a database's functions, while the server can be asked and while it cannot. */
final class DatabaseCatalogsTest {
    private static final Health HEALTH =
            new Health(Duration.ofSeconds(5), Duration.ofSeconds(1), "postgres", "pgrouter", "sekrit");
    private static final String CATCHES = "BEGIN INSERT INTO t VALUES (1); EXCEPTION WHEN OTHERS THEN NULL; END";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private CatalogServer server;
    private Cluster cluster;
    private Catalogs catalogs;

    @BeforeEach
    void start() throws Exception {
        server = new CatalogServer();
        cluster = server.cluster();
        catalogs = DatabaseCatalogs.of(cluster, new Connector(), () -> HEALTH, RouteRules.DEFAULT);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private static int suspicious(Catalog catalog) {
        return catalog.suspects(Optional.empty()).orElseThrow().size();
    }

    private static void awaitSuspicious(Catalog catalog, int names) {
        Await.until(
                names + " suspicious names",
                () -> catalog.suspects(Optional.empty()).isPresent() && suspicious(catalog) == names);
    }

    private Catalog taken() throws InterruptedException {
        Catalog catalog = catalogs.take("app");
        catalog.await(PATIENCE);
        return catalog;
    }

    @Test
    void whatWasKnownStaysWhileTheCatalogCannotBeRead() throws Exception {
        server.function("note", CATCHES);
        try (Catalog catalog = taken()) {
            awaitSuspicious(catalog, 1);
            int before = server.logins();
            server.refuse("53300");
            server.function("other", CATCHES);
            server.letIn();
            Await.until("it is asked again", () -> server.logins() > before);
            awaitSuspicious(catalog, 2);
        }
    }

    @Test
    void aChangeThatCouldNotBeReadYetLeavesNothingKnownAndIsReadWhenThatWorks() throws Exception {
        server.function("note", CATCHES);
        try (Catalog catalog = taken()) {
            awaitSuspicious(catalog, 1);
            server.refuse("53300");
            assertThat(suspicious(catalog)).isEqualTo(1);
            catalog.changed();
            assertThat(catalog.suspects(Optional.empty())).isEmpty();
            server.function("other", CATCHES);
            server.letIn();
            awaitSuspicious(catalog, 2);
        }
    }

    @Test
    void nothingIsKnownBeforeTheFirstReadingHasSucceeded() throws Exception {
        server.refuse("53300");
        server.function("note", CATCHES);
        try (Catalog catalog = taken()) {
            assertThat(catalog.suspects(Optional.empty())).isEmpty();
            server.letIn();
            awaitSuspicious(catalog, 1);
        }
    }

    @Test
    void anotherPrimaryIsReadBeforeAnythingIsBelievedOfIt() throws Exception {
        server.function("note", CATCHES);
        try (Catalog catalog = taken()) {
            awaitSuspicious(catalog, 1);
            server.refuse("57P03");
            cluster.publish(server.view(2));
            assertThat(catalog.suspects(Optional.empty())).isEmpty();
            server.letIn();
            awaitSuspicious(catalog, 1);
        }
    }

    @Test
    void whatChangesWithoutPgrouterIsFoundOnTheSameConnection() throws Exception {
        try (Catalog catalog = taken()) {
            awaitSuspicious(catalog, 0);
            server.function("note", CATCHES);
            awaitSuspicious(catalog, 1);
            assertThat(server.logins()).isEqualTo(1);
        }
    }

    @Test
    void whatHasNotChangedIsNotReadAgain() throws Exception {
        server.function("note", CATCHES);
        try (Catalog catalog = taken()) {
            catalog.changed();
            awaitSuspicious(catalog, 1);
            int asked = server.marks();
            Await.until("it is asked again", () -> server.marks() > asked);
            assertThat(server.readings()).isEqualTo(1);
        }
    }

    @Test
    void aFunctionWhoseSourceIsTooLongIsSuspiciousAndSoIsItsCaller() throws Exception {
        server.longFunction("big");
        server.function("calls", "BEGIN RETURN big(); END");
        server.function("harmless", "BEGIN RETURN 1; END");
        try (Catalog catalog = taken()) {
            awaitSuspicious(catalog, 2);
        }
    }

    @Test
    void theConnectionEndsSoonAfterTheLastSession() throws Exception {
        Catalog one = taken();
        Catalog other = taken();
        one.close();
        one.close();
        int asked = server.marks();
        Await.until("it is asked for the other session", () -> server.marks() > asked);
        other.close();
        Await.until("nobody is connected", () -> server.connections() == 0);
    }

    @Test
    void whoComesAfterThatHasItLookedAtFirst() throws Exception {
        taken().close();
        Await.until("nobody is connected", () -> server.connections() == 0);
        server.function("note", CATCHES);
        try (Catalog catalog = taken()) {
            assertThat(suspicious(catalog)).isEqualTo(1);
        }
    }

    @Test
    void aDroppedDatabaseIsAskedForOnceAndWhenSomebodyComes() throws Exception {
        try (Catalog catalog = taken()) {
            awaitSuspicious(catalog, 0);
            server.refuse("3D000");
            catalog.changed();
            Await.until(
                    "it has failed", () -> catalog.suspects(Optional.empty()).isEmpty());
            server.letIn();
            try (Catalog another = taken()) {
                awaitSuspicious(another, 0);
            }
        }
    }

    @Test
    void itIsReadWhileTheCarrierOfTheSessionIsHeldUp() throws Exception {
        CountDownLatch known = new CountDownLatch(1);
        Carriers.start(1).leastLoaded().start("session", () -> {
            Catalog catalog = catalogs.take("app");
            while (catalog.suspects(Optional.empty()).isEmpty()) {
                Thread.onSpinWait();
            }
            known.countDown();
        });
        assertThat(known.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
}
