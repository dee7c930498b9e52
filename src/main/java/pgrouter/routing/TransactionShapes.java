package pgrouter.routing;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The shapes of transactions without an access mode, by database: for each prefix of their requests, how many of those
 * that began with it have written, and how many have only read. All sessions share them. Any thread. They are forgotten
 * at a change of the database's schema, and their number is limited.
 */
public final class TransactionShapes {
    /** The time for which the shapes of a database without sessions are kept, in nanoseconds: ten minutes. */
    static final long KEPT = 600_000_000_000L;

    private final Map<String, OfDatabase> databases = new ConcurrentHashMap<>();
    private final LongSupplier clock;

    /** @param clock nanoseconds, as {@link System#nanoTime()} */
    public TransactionShapes(LongSupplier clock) {
        this.clock = clock;
    }

    /** Registers a session of a database. The session leaves the result at its end. */
    public OfDatabase take(String database) {
        databases.keySet().forEach(this::drop);
        return databases.compute(database, (name, there) -> {
            OfDatabase used = there == null ? new OfDatabase(name) : there;
            used.users++;
            return used;
        });
    }

    /** Removes a database that no session uses, and of which no transaction has ended for long. */
    private void drop(String database) {
        databases.computeIfPresent(database, (name, there) -> there.isOver() ? null : there);
    }

    /** The number of databases that are kept. */
    int databases() {
        return databases.size();
    }

    /** Lets transactions begin on standbys again, whatever those before have done. */
    public void forget() {
        databases.values().forEach(OfDatabase::forget);
    }

    /** The shapes that transactions had last, the latest first. */
    public List<Known> latest(int most) {
        return databases.values().stream()
                .flatMap(OfDatabase::known)
                .sorted(Comparator.comparingLong(Known::unused).thenComparingInt(Known::depth))
                .limit(most)
                .toList();
    }

    /**
     * A prefix of transactions.
     *
     * @param text of its last request, without its literals
     * @param depth the number of its requests
     * @param wrote the number of transactions that have written lately; an old one counts for less
     * @param onlyRead those that have only read
     * @param leadsToWrite whether a transaction that has come this far goes to the primary
     * @param unused nanoseconds since the last transaction
     */
    public record Known(
            String database,
            Optional<String> text,
            int depth,
            int wrote,
            int onlyRead,
            boolean leadsToWrite,
            long unused) {}

    /** The shapes of one database. */
    public final class OfDatabase {
        private final String database;

        /** Null before the first transaction. */
        private final AtomicReference<ShapeTable> table = new AtomicReference<>();

        /** Only changed and read within an operation on the entry of this database in the map. */
        private int users;

        private volatile long latest;

        private OfDatabase(String database) {
            this.database = database;
        }

        /** The session that has taken it no longer uses it. */
        public void leave() {
            databases.computeIfPresent(database, (name, there) -> {
                there.users--;
                return there.isOver() ? null : there;
            });
        }

        private boolean isOver() {
            return users == 0 && (table.get() == null || clock.getAsLong() - latest > KEPT);
        }

        /**
         * Whether transactions with this prefix have written more often than not; for the first prefix, the opening
         * request alone, whether nine of ten have. Takes no lock.
         */
        public boolean leadsToWrite(long prefix) {
            Shape shape = find(prefix);
            return shape != null && shape.leadsToWrite();
        }

        /** Whether a text for {@link ShapePath#describe} is still missing for this prefix. Takes no lock. */
        public boolean lacksText(long prefix) {
            Shape shape = find(prefix);
            return shape == null || !shape.hasText();
        }

        private Shape find(long prefix) {
            ShapeTable present = table.get();
            return present == null ? null : present.find(prefix);
        }

        /** Notes for all prefixes of a transaction how it has ended. */
        public void ended(ShapePath path, boolean wrote) {
            add(path, wrote ? Shape.WROTE : Shape.ONLY_READ);
        }

        /** Notes that a transaction was lost since it began on a standby: the next ones begin on the primary. */
        public void conflicted(ShapePath path) {
            add(path, Shape.CONFLICT);
        }

        private void add(ShapePath path, int end) {
            ShapeTable present = table.updateAndGet(there -> there == null ? new ShapeTable() : there);
            long now = clock.getAsLong();
            for (int i = 0; i < path.kept(); i++) {
                present.add(path.prefix(i), i + 1, path.text(i), end, now);
            }
            latest = now;
        }

        /** The schema may have changed. */
        public void forget() {
            table.set(null);
        }

        private Stream<Known> known() {
            ShapeTable present = table.get();
            long now = clock.getAsLong();
            return present == null ? Stream.empty() : present.all().map(shape -> shape.known(database, now));
        }
    }
}
