package pgrouter.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static pgrouter.testing.Server.fatal;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pgrouter.auth.Credential;
import pgrouter.backend.Connector;
import pgrouter.backend.LoginException;
import pgrouter.client.SessionException;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Nodes;
import pgrouter.cluster.Probes;
import pgrouter.config.Address;
import pgrouter.net.Carrier;
import pgrouter.pool.PrimaryWait.Attempt;
import pgrouter.testing.FakePostgres;
import pgrouter.testing.Stage;

/** How long a client waits for a primary, and what it is told when there is none. */
@Timeout(60)
final class PrimaryWaitTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Node PRIMARY = Nodes.primary("db1", 1000, 1, 10);

    private final Cluster cluster = new Cluster(List.of());
    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger hurries = new AtomicInteger();
    private volatile Runnable health = () -> {};
    private FakePostgres server;

    private final Probes probes = new Probes() {
        @Override
        public void requestPrimaryPosition() {}

        @Override
        public void requestPosition(Address node) {}

        @Override
        public boolean awaitPosition(Address node, long since, long deadline) {
            return false;
        }

        @Override
        public void await(Duration atMost) {}

        @Override
        public void probeNow() {
            hurries.incrementAndGet();
            health.run();
        }
    };

    @BeforeEach
    void open() throws Exception {
        server = FakePostgres.start(new LinkedBlockingQueue<>(), 1000);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private PrimaryWait inSession(Duration atMost) {
        return PrimaryWait.inSession(cluster, probes, atMost);
    }

    private PrimaryWait atLogin(Duration atMost) {
        return PrimaryWait.atLogin(cluster, probes, atMost, () -> false);
    }

    private void publishPrimary() {
        cluster.publish(new ClusterView(List.of(PRIMARY)));
    }

    private static Optional<String> nameOfPrimary(ClusterView view) {
        return view.primary().map(node -> node.backend().address().toString());
    }

    /** The first attempt fails by this, the next one succeeds. */
    private Attempt<String> failingOnce(LoginException failure) {
        return view -> {
            if (attempts.incrementAndGet() == 1) {
                throw failure;
            }
            return Optional.of("opened");
        };
    }

    private static Attempt<String> failing(LoginException failure) {
        return view -> {
            throw failure;
        };
    }

    private static LoginException standby() {
        return LoginException.standby(PRIMARY.backend());
    }

    /** A server answers a login by this. */
    private LoginException refusal(String sqlState, String text) {
        server.refuseLogins(fatal(sqlState, text));
        return catchThrowableOfType(
                LoginException.class,
                () -> new Connector()
                        .open(Stage.backend(server), Carrier.JDK, Map.of("user", "app"), new Credential.Unknown()));
    }

    private static String message(SessionException e) {
        return new String(e.message(), StandardCharsets.UTF_8);
    }

    @Test
    void whatCanBeOpenedAtOnceDisturbsNobody() throws Exception {
        String opened = inSession(Duration.ZERO).until(view -> Optional.of("opened"));
        assertThat(opened).isEqualTo("opened");
        assertThat(hurries).hasValue(0);
    }

    @Test
    void aPrimaryIsLookedForAsLongAsThereIsNone() throws Exception {
        health = this::publishPrimary;
        assertThat(inSession(LONG).until(PrimaryWaitTest::nameOfPrimary)).startsWith("db1");
        assertThat(hurries).hasValue(1);
    }

    @Test
    void aPrimaryThatDoesNotTakeLoginsForNowIsTriedAgain() throws Exception {
        publishPrimary();
        assertThat(inSession(LONG).until(failingOnce(standby()))).isEqualTo("opened");
    }

    @Test
    void theWaitEndsAsSoonAsThereIsAnotherWay() throws Exception {
        AtomicBoolean other = new AtomicBoolean();
        PrimaryWait wait = PrimaryWait.inSession(cluster, probes, LONG, view -> other.get());
        health = () -> {
            other.set(true);
            cluster.publish(new ClusterView(List.of()));
        };
        assertThat(wait.untilEither(PrimaryWaitTest::nameOfPrimary)).isEmpty();
        other.set(false);
        health = this::publishPrimary;
        assertThat(wait.untilEither(PrimaryWaitTest::nameOfPrimary))
                .hasValueSatisfying(name -> assertThat(name).startsWith("db1"));
    }

    @Test
    void whenTheTimeIsOverNothingIsTriedAgain() {
        assertThatThrownBy(() -> inSession(Duration.ZERO).until(PrimaryWaitTest::nameOfPrimary))
                .isInstanceOf(NoPrimaryException.class)
                .hasMessage("no backend answers as primary");
        assertThat(hurries).hasValue(0);
    }

    @Test
    void theLastFailureIsTold() {
        assertThatThrownBy(() -> inSession(Duration.ZERO).until(failing(standby())))
                .isInstanceOf(NoPrimaryException.class)
                .hasMessage("no backend answers as primary; the last one that did: "
                        + standby().getMessage());
    }

    @Test
    void aRefusalThatNoFailoverExplainsIsTheClientsInTheServersWords() {
        LoginException refusal = refusal("28P01", "password authentication failed");
        assertThatThrownBy(() -> inSession(LONG).until(failing(refusal)))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.message()).isEqualTo(refusal.message()));
    }

    @Test
    void aSessionWaitsForRoomAtTheServer() throws Exception {
        publishPrimary();
        LoginException full = refusal("53300", "too many clients already");
        assertThat(inSession(LONG).until(failingOnce(full))).isEqualTo("opened");
    }

    @Test
    void aClientThatLogsInDoesNot() {
        LoginException full = refusal("53300", "too many clients already");
        assertThatThrownBy(() -> atLogin(LONG).until(failing(full))).isInstanceOf(SessionException.class);
    }

    @Test
    void noClientLogsInWherePgrouterEnds() {
        assertThatThrownBy(() ->
                        PrimaryWait.atLogin(cluster, probes, LONG, () -> true).until(PrimaryWaitTest::nameOfPrimary))
                .isInstanceOf(NoPrimaryException.class);
    }

    @Test
    void aClientThatLogsInIsToldTheLastServersWords() {
        LoginException leaving = refusal("57P03", "the database system is starting up");
        NoPrimaryException none = catchThrowableOfType(
                NoPrimaryException.class, () -> atLogin(Duration.ZERO).until(failing(leaving)));
        assertThat(none.atLogin().message()).isEqualTo(leaving.message());
    }

    @Test
    void aClientThatLogsInIsToldThatNobodyHasAnswered() {
        NoPrimaryException none = catchThrowableOfType(
                NoPrimaryException.class, () -> atLogin(Duration.ZERO).until(PrimaryWaitTest::nameOfPrimary));
        assertThat(message(none.atLogin())).contains("FATAL", "57P03", "no backend answers as primary");
    }
}
