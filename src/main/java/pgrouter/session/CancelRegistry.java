package pgrouter.session;

import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import pgrouter.backend.ServerConnection;

/**
 * Which session a cancel key belongs to. The process id is the writer's, since clients look themselves up by it in
 * {@code pg_stat_activity}; the secret is pgrouter's own. Any thread may use it.
 */
public final class CancelRegistry {
    private final Map<Integer, Set<Entry>> entries = new ConcurrentHashMap<>();

    /** Something that can be cancelled: the pipe at work, if any. */
    interface Target {
        Optional<ServerConnection> pipeAtWork();
    }

    private record Entry(byte[] secret, Target target) {}

    /** @return what takes the entry away again */
    Runnable add(int processId, byte[] secret, Target target) {
        Entry entry = new Entry(secret.clone(), target);
        entries.computeIfAbsent(processId, id -> ConcurrentHashMap.newKeySet()).add(entry);
        return () -> entries.computeIfPresent(processId, (id, present) -> {
            present.remove(entry);
            return present.isEmpty() ? null : present;
        });
    }

    /** The comparison of the secret takes the same time whatever it is. */
    Optional<Target> find(int processId, byte[] secret) {
        return entries.getOrDefault(processId, Set.of()).stream()
                .filter(entry -> MessageDigest.isEqual(entry.secret(), secret))
                .map(Entry::target)
                .findFirst();
    }
}
