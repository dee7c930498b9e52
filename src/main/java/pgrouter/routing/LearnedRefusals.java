package pgrouter.routing;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import pgrouter.config.Address;

/**
 * The statements that standbys have refused and the primary has then run, by database and by what is left of their text without
 * literals. Shared by all sessions; any thread. What was learned is forgotten after a while, by a change of the database's schema
 * and by a promotion, and there is a limit to it.
 */
public final class LearnedRefusals {
    /** The most statements that are kept of one database. */
    static final int MOST = 10_000;

    /** How long a refusal is believed, in nanoseconds: ten minutes. */
    static final long BELIEVED = 600_000_000_000L;

    private final Map<String, OfDatabase> databases = new ConcurrentHashMap<>();
    private final LongSupplier clock;

    /** @param clock nanoseconds, as {@link System#nanoTime()} */
    public LearnedRefusals(LongSupplier clock) {
        this.clock = clock;
    }

    public OfDatabase of(String database) {
        return databases.computeIfAbsent(database, name -> new OfDatabase());
    }

    /** How many statements are known now. */
    public int size() {
        return databases.values().stream().mapToInt(OfDatabase::size).sum();
    }

    /** What was learned in one database. */
    public final class OfDatabase {
        private final Map<Long, Long> learnedAt = new ConcurrentHashMap<>();
        private volatile Optional<Address> primary = Optional.empty();

        /** The primary has run what a standby had refused. */
        public void learn(long fingerprint, Address by) {
            believe(by);
            if (learnedAt.size() >= MOST) {
                forget();
            }
            learnedAt.put(fingerprint, clock.getAsLong());
        }

        /** Whether nothing was. */
        public boolean isEmpty() {
            return learnedAt.isEmpty();
        }

        /** @param now the present primary: what was learned under another one is forgotten */
        public boolean isLearned(long fingerprint, Optional<Address> now) {
            if (!now.equals(primary)) {
                now.ifPresent(this::believe);
                return false;
            }
            Long at = learnedAt.get(fingerprint);
            if (at != null && clock.getAsLong() - at > BELIEVED) {
                learnedAt.remove(fingerprint, at);
                return false;
            }
            return at != null;
        }

        /** The schema may have changed. */
        public void forget() {
            learnedAt.clear();
        }

        private void believe(Address by) {
            Optional<Address> present = Optional.of(by);
            if (!present.equals(primary)) {
                learnedAt.clear();
                primary = present;
            }
        }

        int size() {
            return learnedAt.size();
        }
    }
}
