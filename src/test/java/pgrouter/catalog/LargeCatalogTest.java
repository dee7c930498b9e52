package pgrouter.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pgrouter.backend.Connector;
import pgrouter.config.Backend;
import pgrouter.config.Health;
import pgrouter.config.RouteRules;

/** A primary that names more than there is memory for, by its size or by intent. */
final class LargeCatalogTest {
    private static final Health HEALTH =
            new Health(Duration.ofSeconds(5), Duration.ofSeconds(1), "postgres", "pgrouter", "sekrit");

    private CatalogServer server;
    private Backend primary;

    @BeforeEach
    void start() throws Exception {
        server = new CatalogServer();
        primary = server.view(1).primary().orElseThrow().backend();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private Findings read(long room) throws Exception {
        try (CatalogConnection connection = new CatalogConnection(new Connector(), () -> HEALTH, "app", room)) {
            return connection.read(primary, RouteRules.DEFAULT).findings();
        }
    }

    @Test
    void aReadingEndsWhereThereIsNoRoomForMoreNames() {
        for (int i = 0; i < 100; i++) {
            server.function("f" + i, "BEGIN END");
        }
        assertThatThrownBy(() -> read(1000))
                .isInstanceOf(CatalogConnection.Unavailable.class)
                .hasMessageContaining("more names than there is room for");
    }

    @Test
    void theSourcesOfFunctionsNeedNoRoom() throws Exception {
        server.function(
                "f", "BEGIN INSERT INTO t VALUES (1); EXCEPTION WHEN OTHERS THEN NULL; END -- " + "x".repeat(2000));
        assertThat(read(1000).whole().size()).isEqualTo(1);
    }
}
