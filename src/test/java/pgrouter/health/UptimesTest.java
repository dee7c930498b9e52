package pgrouter.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pgrouter.backend.Connector;
import pgrouter.config.Health;
import pgrouter.testing.FakePostgres;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Server;
import pgrouter.testing.Stage;

/** A node is asked since when it is up, at once and on a connection of its own. */
final class UptimesTest {
    private final LinkedBlockingQueue<Connection> connections = new LinkedBlockingQueue<>();
    private FakePostgres server;
    private Uptimes uptimes;

    @BeforeEach
    void open() throws Exception {
        server = FakePostgres.start(connections, 1);
        Health health = new Health(Duration.ofSeconds(3), Duration.ofSeconds(7), "postgres", "pgrouter", "sekrit");
        uptimes = new Uptimes(new Connector(), () -> health);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private OptionalLong ask() throws InterruptedException {
        return uptimes.since(Stage.backend(server));
    }

    private static void answer(Connection connection, String microseconds) throws Exception {
        assertThat(connection.read().fromClient()).contains("pg_postmaster_start_time");
        connection.send(Server.row(microseconds));
    }

    @Test
    void theAnswerIsATimeOfThisProcess() throws Exception {
        server.handle(connection -> {
            connection.read();
            connection.send(Server.row("5000000"));
        });
        long before = System.nanoTime();
        long since = ask().orElseThrow();
        assertThat(since - before).isBetween(-5_000_000_000L, System.nanoTime() - before - 5_000_000_000L);
    }

    @Test
    void aNodeThatGoesAwayHasNone() throws Exception {
        server.refuseLogins(Server.fatal("57P03", "the database system is shutting down"));
        assertThat(ask()).isEmpty();
        server.close();
        assertThat(ask()).isEmpty();
    }

    @Test
    void aNodeThatNeverAnswersIsNotWaitedFor() throws Exception {
        assertThat(ask()).isEmpty();
    }

    @Test
    void thoseWhoAskTogetherShareAnAnswerThatWasAskedForAfterwards() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<OptionalLong> first = threads.submit(this::ask);
            Connection connection = FakePostgres.next(connections);
            List<Future<OptionalLong>> others = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                others.add(threads.submit(this::ask));
            }
            answer(connection, "1");
            first.get();
            answer(FakePostgres.next(connections), "1");
            for (Future<OptionalLong> other : others) {
                other.get();
            }
        }
        assertThat(connections.size()).isLessThan(5);
    }
}
