package pgrouter.session;

import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import pgrouter.backend.ServerConnection;

/**
 * Maps cancel keys to sessions. The process id in a key is the writer's, since clients look themselves up by it in
 * {@code pg_stat_activity}; the secret is pgrouter's own. Any thread.
 */
public final class CancelRegistry {
    private final Map<Integer, Set<Entry>> entries = new ConcurrentHashMap<>();

    /** Something that can be cancelled: the server connection at work, if any. */
    interface Target {
        Optional<ServerConnection> connectionAtWork();
    }

    private record Entry(byte[] secret, Target target) {}

    /** @return removes the entry */
    Runnable add(int processId, byte[] secret, Target target) {
        Entry entry = new Entry(secret.clone(), target);
        entries.computeIfAbsent(processId, id -> ConcurrentHashMap.newKeySet()).add(entry);
        return () -> entries.computeIfPresent(processId, (id, present) -> {
            present.remove(entry);
            return present.isEmpty() ? null : present;
        });
    }

    /** The comparison of the secret takes constant time. */
    Optional<Target> find(int processId, byte[] secret) {
        return entries.getOrDefault(processId, Set.of()).stream()
                .filter(entry -> MessageDigest.isEqual(entry.secret(), secret))
                .map(Entry::target)
                .findFirst();
    }
}
