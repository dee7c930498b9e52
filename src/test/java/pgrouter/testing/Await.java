package pgrouter.testing;

import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.Assertions;

/** Waits for what real servers do in their own time. */
public final class Await {
    private static final long PAUSE_NANOS = 20_000_000;

    /** A question to a server. */
    public interface Condition {
        boolean holds() throws Exception;
    }

    private Await() {}

    /** Asks until the answer is yes; fails after {@link PostgresCluster#DEADLINE}. */
    public static void until(String description, Condition condition) {
        long start = System.nanoTime();
        while (!holds(condition)) {
            if (System.nanoTime() - start > PostgresCluster.DEADLINE.toNanos()) {
                Assertions.fail("not in time: " + description);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static boolean holds(Condition condition) {
        try {
            return condition.holds();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("could not be asked", e);
        }
    }
}
