package pgrouter.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pgrouter.backend.Connector;
import pgrouter.cluster.AsynchronousCommits;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.BackendTls;
import pgrouter.config.Health;
import pgrouter.net.Carrier;
import pgrouter.testing.FakePostgres;
import pgrouter.testing.Frontend;
import pgrouter.testing.Server;

/** What a probe asks a primary, and in which order. */
final class ProbeQuestionsTest {
    private static final Health HEALTH =
            new Health(Duration.ofSeconds(5), Duration.ofHours(1), "postgres", "pgrouter", "");

    private final List<String> questions = Collections.synchronizedList(new ArrayList<>());
    private volatile byte[] logins = Server.row("f");
    private FakePostgres server;
    private Backend backend;
    private Probe probe;

    @BeforeEach
    void open() throws Exception {
        server = FakePostgres.start(new LinkedBlockingQueue<>(), 1);
        server.handle(connection -> {
            while (true) {
                connection.send(answer(question(connection)));
            }
        });
        backend = new Backend(
                new Address.Host("127.0.0.1", server.port()), BackendTls.OFF, 100, 100, Duration.ofSeconds(5));
        probe = new Probe(new Connector(), Carrier.JDK, HEALTH, backend);
    }

    @AfterEach
    void close() throws Exception {
        probe.close();
        server.close();
    }

    private static String question(FakePostgres.Connection connection) throws IOException {
        return new String(connection.read().body(), StandardCharsets.US_ASCII);
    }

    private static byte[] row(String... values) {
        return Frontend.join(Server.dataRow(values), Server.complete("SELECT 1"), Server.ready('I'));
    }

    private byte[] answer(String question) {
        if (question.contains("pg_control_system")) {
            return Server.row("7001");
        } else if (question.contains("pg_db_role_setting")) {
            return logins;
        } else if (question.contains("EXECUTE")) {
            questions.add(question.startsWith("PREPARE") ? "PREPARE and EXECUTE" : "EXECUTE");
            return row("f", "0/5000", "0/5000", "f");
        }
        return row("f", "0/5000", "0/5000", "f", "000000010000000000000001", null);
    }

    private ClusterView view() {
        return probe.what().apply(new ClusterView(List.of(Node.unknown(backend))));
    }

    private AsynchronousCommits.Logins loginsOf(ClusterView view) {
        Node primary = view.primary().orElseThrow();
        return primary.place().commits().orElseThrow().logins().orElseThrow();
    }

    @Test
    void thatForThePositionIsPreparedOnceForEachConnection() {
        ClusterView view = view();
        assertThat(probe.where().apply(view).primary()).isPresent();
        assertThat(probe.where().apply(view).primary()).isPresent();
        probe.close();
        probe.where();
        assertThat(questions).containsExactly("PREPARE and EXECUTE", "EXECUTE", "PREPARE and EXECUTE");
    }

    @Test
    void thePositionIsTakenWithTheSettingsThatWereAskedForBefore() {
        ClusterView later = probe.where().apply(view());
        assertThat(loginsOf(later).allow()).isFalse();
    }

    @Test
    void aRoleMaySetItsOwn() {
        logins = Server.row("t");
        assertThat(loginsOf(view()).allow()).isTrue();
    }

    /** The catalog may be locked, or hidden. */
    @Test
    void settingsThatCannotBeSeenAreNotKnownAndTheNodeIsUp() {
        logins = Frontend.join(Server.error("55P03", "canceling"), Server.ready('I'));
        Node primary = view().primary().orElseThrow();
        assertThat(primary.place().commits().orElseThrow().logins()).isEmpty();
    }

    /** A login since that answer may have got another setting; those before have not. */
    @Test
    void settingsThatCannotBeSeenForAMomentAreThoseOfTheLastAnswer() {
        ClusterView before = view();
        long askedAt = loginsOf(before).askedAt();
        logins = Frontend.join(Server.error("55P03", "canceling"), Server.ready('I'));
        AsynchronousCommits.Logins now = loginsOf(probe.what().apply(before));
        assertThat(now).isEqualTo(new AsynchronousCommits.Logins(false, askedAt));
    }
}
