package pgrouter.catalog;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import pgrouter.backend.Connector;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.config.Address;
import pgrouter.config.FunctionRule;
import pgrouter.config.Health;
import pgrouter.config.RouteRules;
import pgrouter.net.BlockingTasks;
import pgrouter.routing.Catalogs;
import pgrouter.routing.SearchPath;
import pgrouter.routing.SuspectNames;

/** The catalogs of all databases that sessions use, each read by a virtual thread of its own. */
public final class DatabaseCatalogs implements Catalogs {
    private final Cluster cluster;
    private final Connector connector;
    private final Supplier<Health> health;
    private final RouteRules rules;
    private final Map<String, CatalogReader> readers = new ConcurrentHashMap<>();

    /** The primary from which the findings were read. */
    private final AtomicReference<Optional<Primary>> known = new AtomicReference<>(Optional.empty());

    private record Primary(Address address, int timeline) {}

    private DatabaseCatalogs(Cluster cluster, Connector connector, Supplier<Health> health, RouteRules rules) {
        this.cluster = cluster;
        this.connector = connector;
        this.health = health;
        this.rules = rules;
    }

    /** The catalogs that the rules ask for; none are read where the standby judges everything. */
    public static Catalogs of(Cluster cluster, Connector connector, Supplier<Health> health, RouteRules rules) {
        if (rules.functions() == FunctionRule.ASK) {
            Optional<SuspectNames> named = Optional.of(Assessment.ofRules(rules));
            return Catalogs.always(path -> named);
        }
        DatabaseCatalogs catalogs = new DatabaseCatalogs(cluster, connector, health, rules);
        catalogs.look(cluster.view());
        cluster.watch(catalogs::look);
        return catalogs;
    }

    /** Has all catalogs read again where another node has become the primary. */
    private void look(ClusterView view) {
        Optional<Primary> now =
                view.primary().map(node -> new Primary(node.backend().address(), node.timeline()));
        if (now.isPresent()) {
            Optional<Primary> before = known.getAndSet(now);
            if (before.isPresent() && !before.equals(now)) {
                readers.values().forEach(CatalogReader::moved);
            }
        }
    }

    @Override
    public Catalog take(String database) {
        CatalogReader reader = readers.compute(database, (name, there) -> {
            CatalogReader used = there == null ? started(name) : there;
            used.came();
            return used;
        });
        return new Use(reader);
    }

    @Override
    public void makeRoom(Duration time) {
        readers.values().forEach(reader -> reader.makeRoom(time));
    }

    private CatalogReader started(String database) {
        CatalogReader reader = new CatalogReader(
                database, cluster, new CatalogConnection(connector, health, database), rules, this::forget);
        BlockingTasks.start("catalog-" + database, reader);
        return reader;
    }

    private boolean forget(CatalogReader reader) {
        return readers.computeIfPresent(reader.database(), (name, there) -> there.isUsed() ? there : null) == null;
    }

    private record Use(CatalogReader reader, AtomicBoolean over) implements Catalog {
        Use(CatalogReader reader) {
            this(reader, new AtomicBoolean());
        }

        @Override
        public Optional<SuspectNames> suspects(Optional<SearchPath> path) {
            return reader.suspects(path);
        }

        @Override
        public void changed() {
            reader.changed();
        }

        @Override
        public void lookAgain() {
            reader.lookAgain();
        }

        @Override
        public void await(Duration atMost) throws InterruptedException {
            reader.await(atMost);
        }

        @Override
        public void close() {
            if (over.compareAndSet(false, true)) {
                reader.left();
            }
        }
    }
}
