package pgrouter.catalog;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import pgrouter.auth.Credential;
import pgrouter.backend.Connector;
import pgrouter.backend.LoginException;
import pgrouter.backend.Pipe;
import pgrouter.backend.QueryException;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.config.FunctionRule;
import pgrouter.config.Health;
import pgrouter.config.RouteRules;
import pgrouter.log.Log;
import pgrouter.net.Carrier;
import pgrouter.protocol.SqlState;
import pgrouter.routing.Catalogs;
import pgrouter.routing.Suspects;

/**
 * The catalogs of all databases that sessions use, each read by a virtual thread of its own with the login of the health checks.
 * A database whose catalog cannot be read is treated as with {@code functions ask}, and the log says so.
 */
public final class DatabaseCatalogs implements Catalogs {
    private static final Log LOG = Log.of("catalog");

    /** Changes that come one after the other are read together. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** How soon it is tried again where no node can be asked. */
    private static final Duration AGAIN = Duration.ofMillis(200);

    /** What was changed without pgrouter is found after this time. */
    private static final Duration REFRESH = Duration.ofMinutes(1);

    private final Cluster cluster;
    private final Connector connector;
    private final Supplier<Health> health;
    private final RouteRules rules;
    private final Map<String, OneDatabase> databases = new ConcurrentHashMap<>();

    public DatabaseCatalogs(Cluster cluster, Connector connector, Supplier<Health> health, RouteRules rules) {
        this.cluster = cluster;
        this.connector = connector;
        this.health = health;
        this.rules = rules;
    }

    /** The catalogs that the rules ask for: none are read where the standby judges all. */
    public static Catalogs of(Cluster cluster, Connector connector, Supplier<Health> health, RouteRules rules) {
        return rules.functions() == FunctionRule.ASK
                ? Catalogs.always(Assessment.ofRules(rules))
                : new DatabaseCatalogs(cluster, connector, health, rules);
    }

    @Override
    public Catalog of(String database) {
        return databases.computeIfAbsent(database, name -> new OneDatabase(name).started());
    }

    private final class OneDatabase implements Catalog, Runnable {
        private final String database;
        private final AtomicLong wanted = new AtomicLong(1);
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition readOnce = lock.newCondition();
        private final Condition changed = lock.newCondition();
        private volatile long read;
        private volatile Optional<Suspects> suspects = Optional.of(Suspects.NONE);
        private boolean failing;

        /** Whether it was read: a primary that is away for now does not make that untrue. */
        private boolean knownOnce;

        private final Thread thread;

        OneDatabase(String database) {
            this.database = database;
            this.thread = Thread.ofVirtual().name("catalog-" + database).unstarted(this);
        }

        OneDatabase started() {
            thread.start();
            return this;
        }

        @Override
        public Optional<Suspects> suspects() {
            return read == wanted.get() ? suspects : Optional.empty();
        }

        @Override
        public void changed() {
            lock.lock();
            try {
                wanted.incrementAndGet();
                changed.signal();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void await(Duration atMost) throws InterruptedException {
            long left = atMost.toNanos();
            lock.lock();
            try {
                while (read == 0 && left > 0) {
                    left = readOnce.awaitNanos(left);
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void run() {
            try {
                while (true) {
                    long version = wanted.get();
                    Optional<Suspects> found = assess();
                    found.filter(now -> !now.isSame(suspects.orElseThrow()))
                            .ifPresent(now -> suspects = Optional.of(now));
                    if (found.isPresent()) {
                        done(version);
                        Thread.sleep(PAUSE);
                        rest(version);
                    } else {
                        Thread.sleep(AGAIN);
                    }
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        private void rest(long version) throws InterruptedException {
            long left = REFRESH.toNanos();
            lock.lock();
            try {
                while (wanted.get() == version && left > 0) {
                    left = changed.awaitNanos(left);
                }
            } finally {
                lock.unlock();
            }
        }

        private void done(long version) {
            lock.lock();
            try {
                read = version;
                readOnce.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** @return empty where nothing is known and nobody can be asked */
        private Optional<Suspects> assess() throws InterruptedException {
            ClusterView view = cluster.view();
            Optional<Node> node =
                    view.primary().or(() -> view.suitableReaders().stream().findFirst());
            return node.isPresent() ? Optional.of(assess(node.get())) : asKnown();
        }

        private Optional<Suspects> asKnown() {
            return knownOnce ? suspects : Optional.empty();
        }

        private Suspects assess(Node node) throws InterruptedException {
            Health role = health.get();
            Map<String, String> login =
                    Map.of("user", role.username(), "database", database, "application_name", "pgrouter catalog");
            Credential credential = new Credential.Plain(role.password());
            try (Pipe pipe = connector.open(node.backend(), Carrier.JDK, login, credential)) {
                Suspects found = new Assessment(rules, pipe).run();
                pipe.terminate();
                failing = false;
                knownOnce = true;
                LOG.debug(() -> "database " + database + ": " + found.size() + " suspicious names");
                return found;
            } catch (LoginException e) {
                return knownOnce && isAway(e) ? suspects.orElseThrow() : failed(e);
            } catch (IOException e) {
                return knownOnce ? suspects.orElseThrow() : failed(e);
            } catch (QueryException e) {
                return failed(e);
            }
        }

        private static boolean isAway(LoginException e) {
            String sqlState = e.error().sqlState();
            return sqlState.equals(SqlState.CONNECTION_FAILURE) || SqlState.isServerLeaving(sqlState);
        }

        private Suspects failed(Exception e) {
            if (!failing) {
                LOG.warn("the functions of database " + database
                        + " cannot be looked at, so standbys judge them alone: " + e.getMessage());
                failing = true;
            }
            return Assessment.ofRules(rules);
        }
    }
}
