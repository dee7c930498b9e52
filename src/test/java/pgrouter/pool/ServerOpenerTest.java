package pgrouter.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pgrouter.auth.Credential;
import pgrouter.backend.Connector;
import pgrouter.backend.LoginException;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;
import pgrouter.cluster.Nodes;
import pgrouter.cluster.Probes;
import pgrouter.cluster.Role;
import pgrouter.config.Pool;
import pgrouter.net.Carrier;
import pgrouter.testing.FakePostgres;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Stage;

/** The server connections of one login: those that are kept, and those that are dialled. */
@Timeout(60)
final class ServerOpenerTest {
    private static final Pool ONE = new Pool(1, Duration.ofMinutes(10), Duration.ofMinutes(10));
    private static final Pool NONE = new Pool(0, Duration.ofMinutes(10), Duration.ofMinutes(10));

    private final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();
    private final Cluster cluster = new Cluster(List.of());
    private volatile Pool settings = ONE;
    private final ServerPool pool = new ServerPool(() -> settings, Optional.empty());
    private FakePostgres server;
    private Node primary;
    private Node standby;

    @BeforeEach
    void open() throws Exception {
        server = FakePostgres.start(connections, 1000);
        primary = Node.primary(Stage.backend(server), new Lsn(1), 1, System.nanoTime());
        standby = Node.standby(Stage.backend(server), Optional.of(new Lsn(1)), Optional.of(0L), System.nanoTime());
        cluster.publish(new ClusterView(List.of(primary)));
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private ServerOpener opener(String user) {
        ServerLogin login = new ServerLogin(Map.of("user", user), new Credential.Unknown(), Carrier.JDK, 1);
        return new ServerOpener(new Connector(), pool, cluster, login);
    }

    private static int process(Lease lease) {
        return lease.connection().key().processId();
    }

    private Connection accepted() throws InterruptedException {
        return FakePostgres.next(connections);
    }

    @Test
    void aConnectionThatWasReleasedIsTheNextOneOfItsLogin() throws Exception {
        Lease lease = opener("app").openPrimary(primary);
        assertThat(lease.isReleasable()).isTrue();
        lease.release(Role.PRIMARY);
        assertThat(process(opener("app").openPrimary(primary))).isEqualTo(process(lease));
        assertThat(process(opener("app").openPrimary(primary))).isNotEqualTo(process(lease));
    }

    @Test
    void anotherLoginHasAConnectionOfItsOwn() throws Exception {
        Lease lease = opener("app").open(primary);
        lease.release(Role.PRIMARY);
        assertThat(process(opener("other").open(primary))).isNotEqualTo(process(lease));
    }

    @Test
    void aConnectionToANodeThatHasAnotherRoleNowIsNotTaken() throws Exception {
        Lease lease = opener("app").open(standby);
        lease.release(Role.STANDBY);
        assertThat(process(opener("app").openPrimary(primary))).isNotEqualTo(process(lease));
    }

    @Test
    void aConnectionThatHasEndedMeanwhileIsNotTaken() throws Exception {
        Lease lease = opener("app").open(primary);
        lease.release(Role.PRIMARY);
        accepted().close();
        assertThat(lease.connection().inbox().await(1)).isFalse();
        assertThat(process(opener("app").open(primary))).isNotEqualTo(process(lease));
    }

    @Test
    void aConnectionThatIsClosedEndsAtTheServer() throws Exception {
        opener("app").open(primary).close();
        accepted().expectTerminate();
    }

    @Test
    void aConnectionIsNotReleasedWhoseLoginMayNotHoldAnyMore() throws Exception {
        Lease lease = opener("app").open(primary);
        pool.clear();
        assertThat(lease.isReleasable()).isFalse();
    }

    @Test
    void whereNoneIsToBeKeptNoneIsReleased() throws Exception {
        settings = NONE;
        assertThat(opener("app").open(primary).isReleasable()).isFalse();
    }

    @Test
    void aStandbyIsNotOpenedAsThePrimary() throws Exception {
        server.parameter("in_hot_standby", "on");
        assertThatThrownBy(() -> opener("app").openPrimary(primary))
                .isInstanceOf(LoginException.class)
                .hasMessageEndingWith("is a standby now");
        accepted().expectTerminate();
        assertThat(opener("app").open(standby).connection().parameters()).containsEntry("in_hot_standby", "on");
    }

    @Test
    void aPrimaryThatAnotherOneReplacesIsNotWaitedFor() throws Exception {
        server.holdLogins();
        FutureTask<Lease> opening = started(() -> opener("app").openPrimary(primary));
        cluster.publish(new ClusterView(List.of(Nodes.primary("db2", 2000, 2, 10))));
        assertThatThrownBy(opening::get)
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("it is not needed any more");
        server.releaseLogins();
    }

    private static FutureTask<Lease> started(Callable<Lease> opening) {
        FutureTask<Lease> task = new FutureTask<>(opening);
        Thread.ofVirtual().start(task);
        return task;
    }

    @Test
    void thePrimaryIsOpenedAsSoonAsThereIsOne() throws Exception {
        cluster.publish(new ClusterView(List.of()));
        PrimaryWait wait = PrimaryWait.inSession(cluster, Probes.STOPPED, Duration.ofMinutes(10));
        FutureTask<Lease> opening =
                started(() -> opener("app").openPrimary(wait).orElseThrow());
        cluster.publish(new ClusterView(List.of(primary)));
        assertThat(opening.get().connection().backend()).isEqualTo(primary.backend());
    }
}
