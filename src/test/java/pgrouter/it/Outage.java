package pgrouter.it;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;

/** A cluster of three of which nodes fail, with an application under way that must not notice more than it has to. */
abstract class Outage {
    private static final String CONFIG = "backend default { lag 500ms }\nwait auto\n";
    static final String HEALTH = "health { check 1s; timeout 1s; username pgrouter; password sekrit }";

    /** One that is again as it was at its start, for the next story of an asynchronous cluster. */
    private static PostgresCluster restored;

    PostgresCluster cluster;
    RouterProcess router;
    Load load;

    void begin(PostgresCluster.Options options) throws Exception {
        cluster = PostgresCluster.start(options);
        begin();
    }

    private void begin() throws Exception {
        router = RouterProcess.before(
                cluster, new RouterProcess.Options().health(HEALTH).with(CONFIG));
        load = Load.on(cluster, router);
    }

    void beginAsynchronous() throws Exception {
        if (restored == null) {
            begin(PostgresCluster.Options.standard());
        } else {
            cluster = restored;
            restored = null;
            begin();
        }
    }

    /** To be called last by a story after which each node is up again and what it was at the start. */
    void leaveToTheNext() throws Exception {
        load.close();
        load = null;
        router.close();
        router = null;
        cluster.run(1, "DROP TABLE ledger, account");
        cluster.awaitReplay(1);
        restored = cluster;
        cluster = null;
    }

    @AfterAll
    static void stopRestored() {
        if (restored != null) {
            restored.close();
            restored = null;
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (load != null) {
            load.close();
        }
        if (router != null) {
            router.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    String address(int node) {
        return RouterProcess.address(cluster, node);
    }
}
