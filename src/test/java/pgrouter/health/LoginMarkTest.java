package pgrouter.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pgrouter.backend.Connector;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.BackendTls;
import pgrouter.config.Health;
import pgrouter.net.Carrier;
import pgrouter.testing.FakePostgres;
import pgrouter.testing.Frontend;
import pgrouter.testing.Server;

/** A change of roles, databases or their settings that pgrouter has not seen pass is found by looking at a mark of them. */
@Timeout(60)
final class LoginMarkTest {
    private static final Health HEALTH =
            new Health(Duration.ofSeconds(5), Duration.ofHours(1), "postgres", "pgrouter", "");

    private final List<Address> changed = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile byte[] mark = row("1");
    private boolean matters = true;
    private FakePostgres server;
    private Probe probe;

    @BeforeEach
    void open() throws Exception {
        server = FakePostgres.start(new LinkedBlockingQueue<>(), 1);
        server.handle(connection -> {
            while (true) {
                answer(connection);
            }
        });
        Backend backend = new Backend(
                new Address.Host("127.0.0.1", server.port()), BackendTls.OFF, 100, 100, Duration.ofSeconds(5));
        probe = new Probe(new Connector(), Carrier.JDK, HEALTH, backend);
        probe.what();
    }

    @AfterEach
    void close() throws Exception {
        probe.close();
        server.close();
    }

    private void answer(FakePostgres.Connection connection) throws IOException {
        String question = new String(connection.read().body(), StandardCharsets.US_ASCII);
        if (question.contains("pg_catalog.pg_auth_members")) {
            asked.incrementAndGet();
            connection.send(Server.complete("SET"), mark, Server.ready('I'));
        } else {
            connection.send(
                    Server.dataRow("f", "0/5000", "0/5000", "f", "000000010000000000000001", null),
                    Server.complete("SELECT 1"),
                    Server.ready('I'));
        }
    }

    private static byte[] row(String value) {
        return Frontend.join(Server.dataRow(value), Server.complete("SELECT 1"));
    }

    private LoginMark mark(Duration check) {
        return new LoginMark(probe, new Logins(() -> matters, changed::add), check);
    }

    @Test
    void theFirstMarkAndEachOtherOneAreNews() throws Exception {
        LoginMark login = mark(Duration.ZERO);
        login.look();
        assertThat(changed).hasSize(1);
        login.look();
        assertThat(changed).hasSize(1);
        mark = row("2");
        login.look();
        assertThat(changed).hasSize(2).containsOnly(probe.backend().address());
    }

    @Test
    void whatWasChangedWhileNobodyCouldSeeItIsNoticedLater() throws Exception {
        LoginMark login = mark(Duration.ZERO);
        login.look();
        mark = Server.error("55P03", "canceling statement due to lock timeout");
        login.look();
        assertThat(changed).hasSize(1);
        mark = row("2");
        login.look();
        assertThat(changed).hasSize(2);
    }

    @Test
    void whatWasOnlyOutOfSightIsNoNews() throws Exception {
        LoginMark login = mark(Duration.ZERO);
        login.look();
        mark = Server.error("42501", "permission denied for view pg_roles");
        login.look();
        mark = row("1");
        login.look();
        assertThat(changed).hasSize(1);
    }

    @Test
    void nobodyIsAskedWhereNothingIsKept() throws Exception {
        matters = false;
        mark(Duration.ZERO).look();
        assertThat(asked).hasValue(0);
        assertThat(changed).isEmpty();
    }

    /** Rounds follow each other fast while there is no primary, and the mark costs more than they do. */
    @Test
    void roundsInAHurryDoNotAskEachTime() throws Exception {
        LoginMark login = mark(HEALTH.check());
        login.look();
        login.look();
        assertThat(asked).hasValue(1);
    }
}
