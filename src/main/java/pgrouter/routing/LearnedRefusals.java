package pgrouter.routing;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import pgrouter.config.Address;

/**
 * The statements that standbys have refused and the primary has then run, by database and by their text without
 * literals. All sessions share them. Any thread. They are forgotten after a while, at a change of the database's schema
 * and at a promotion, and their number is limited.
 */
public final class LearnedRefusals {
    /** The maximum number of statements that are kept of one database. */
    static final int MOST = 10_000;

    /** The maximum number of letters of their texts. */
    static final int MOST_TEXT = 4 * 1024 * 1024;

    /** The time for which a refusal is believed, in nanoseconds: ten minutes. */
    static final long BELIEVED = 600_000_000_000L;

    private final Map<String, OfDatabase> databases = new ConcurrentHashMap<>();
    private final LongSupplier clock;

    /** @param clock nanoseconds, as {@link System#nanoTime()} */
    public LearnedRefusals(LongSupplier clock) {
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

    /** Removes a database that no session uses, and of which no refusal is believed. */
    private void drop(String database) {
        databases.computeIfPresent(database, (name, there) -> there.isOver() ? null : there);
    }

    /** The number of databases that are kept. */
    int databases() {
        return databases.size();
    }

    /** The number of statements that are known now. */
    public int size() {
        return databases.values().stream().mapToInt(OfDatabase::size).sum();
    }

    /** Lets standbys judge all of them again. */
    public void forget() {
        databases.values().forEach(OfDatabase::forget);
    }

    /** The statements that sent the most requests to the writer, the most used first. */
    public List<Known> mostUsed(int most) {
        return databases.values().stream()
                .flatMap(OfDatabase::known)
                .sorted(Comparator.comparingLong(Known::routes).reversed())
                .limit(most)
                .toList();
    }

    /**
     * A statement that standbys refuse.
     *
     * @param text without its literals
     * @param routes the number of requests that went to the writer because of it
     */
    public record Known(String text, long routes) {}

    private record Learned(long at, String text, LongAdder routes) {}

    /** The statements of one database. */
    public final class OfDatabase {
        private final String database;
        private final Map<Long, Learned> refused = new ConcurrentHashMap<>();

        /** The total length of their texts, with those that were replaced. */
        private final AtomicLong letters = new AtomicLong();

        /** Only changed and read within an operation on the entry of this database in the map. */
        private int users;

        private volatile long latest;
        private volatile Optional<Address> primary = Optional.empty();

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
            return users == 0 && (refused.isEmpty() || clock.getAsLong() - latest > BELIEVED);
        }

        /**
         * Learns a statement that the primary has run after a standby had refused it.
         *
         * @param text of the statement, without its literals
         */
        public void learn(long fingerprint, Address by, String text) {
            believe(by);
            if (refused.size() >= MOST || letters.addAndGet(text.length()) > MOST_TEXT) {
                forget();
            }
            latest = clock.getAsLong();
            refused.put(fingerprint, new Learned(latest, text, new LongAdder()));
        }

        /** Whether no statement is known. */
        public boolean isEmpty() {
            return refused.isEmpty();
        }

        /** @param now the present primary: statements that were learned under another one are forgotten */
        public boolean isLearned(long fingerprint, Optional<Address> now) {
            if (!now.equals(primary)) {
                now.ifPresent(this::believe);
                return false;
            }
            Learned learned = refused.get(fingerprint);
            if (learned == null) {
                return false;
            }
            if (clock.getAsLong() - learned.at() > BELIEVED) {
                refused.remove(fingerprint, learned);
                return false;
            }
            learned.routes().increment();
            return true;
        }

        /** The schema may have changed. */
        public void forget() {
            refused.clear();
            letters.set(0);
        }

        private void believe(Address by) {
            Optional<Address> present = Optional.of(by);
            if (!present.equals(primary)) {
                forget();
                primary = present;
            }
        }

        int size() {
            return refused.size();
        }

        private Stream<Known> known() {
            return refused.values().stream()
                    .map(learned -> new Known(learned.text(), learned.routes().sum()));
        }
    }
}
