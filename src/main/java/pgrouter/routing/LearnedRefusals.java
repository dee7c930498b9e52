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
 * The statements that standbys have refused and the primary has then run, by database and by what is left of their text without
 * literals. Shared by all sessions; any thread. What was learned is forgotten after a while, by a change of the database's schema
 * and by a promotion, and there is a limit to it.
 */
public final class LearnedRefusals {
    /** The most statements that are kept of one database. */
    static final int MOST = 10_000;

    /** The most letters of their texts. */
    static final int MOST_TEXT = 4 * 1024 * 1024;

    /** How long a refusal is believed, in nanoseconds: ten minutes. */
    static final long BELIEVED = 600_000_000_000L;

    private final Map<String, OfDatabase> databases = new ConcurrentHashMap<>();
    private final LongSupplier clock;

    /** @param clock nanoseconds, as {@link System#nanoTime()} */
    public LearnedRefusals(LongSupplier clock) {
        this.clock = clock;
    }

    /** One more session uses a database; it leaves what it gets at its end. */
    public OfDatabase take(String database) {
        databases.keySet().forEach(this::drop);
        return databases.compute(database, (name, there) -> {
            OfDatabase used = there == null ? new OfDatabase(name) : there;
            used.users++;
            return used;
        });
    }

    /** A database that no session uses, and of which nothing is believed, needs no place. */
    private void drop(String database) {
        databases.computeIfPresent(database, (name, there) -> there.isOver() ? null : there);
    }

    /** How many databases have a place here. */
    int databases() {
        return databases.size();
    }

    /** How many statements are known now. */
    public int size() {
        return databases.values().stream().mapToInt(OfDatabase::size).sum();
    }

    /** Lets standbys judge all of them again. */
    public void forget() {
        databases.values().forEach(OfDatabase::forget);
    }

    /** Those that most requests went to the writer for, the most used first. */
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
     * @param routes how many requests went to the writer for what was learned
     */
    public record Known(String text, long routes) {}

    private record Learned(long at, String text, LongAdder routes) {}

    /** What was learned in one database. */
    public final class OfDatabase {
        private final String database;
        private final Map<Long, Learned> refused = new ConcurrentHashMap<>();

        /** How long their texts are together, and those that were replaced. */
        private final AtomicLong letters = new AtomicLong();

        /** Only changed and read while the map of the databases is at this one. */
        private int users;

        private volatile long latest;
        private volatile Optional<Address> primary = Optional.empty();

        private OfDatabase(String database) {
            this.database = database;
        }

        /** A session that has taken it uses it no more. */
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
         * The primary has run what a standby had refused.
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

        /** Whether nothing was. */
        public boolean isEmpty() {
            return refused.isEmpty();
        }

        /** @param now the present primary: what was learned under another one is forgotten */
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
