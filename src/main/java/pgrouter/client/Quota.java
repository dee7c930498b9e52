package pgrouter.client;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** A number of places for each name. Any thread. */
public final class Quota {
    private final ConcurrentMap<String, Integer> taken = new ConcurrentHashMap<>();

    /** @return false where all are taken */
    boolean take(String name, int most) {
        boolean[] free = {true};
        taken.compute(name, (key, count) -> {
            int now = count == null ? 0 : count;
            free[0] = now < most;
            return free[0] ? Integer.valueOf(now + 1) : count;
        });
        return free[0];
    }

    void giveBack(String name) {
        taken.computeIfPresent(name, (key, count) -> count == 1 ? null : count - 1);
    }
}
