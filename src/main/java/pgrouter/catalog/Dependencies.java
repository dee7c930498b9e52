package pgrouter.catalog;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import pgrouter.routing.Suspects.Suspect;
import pgrouter.routing.Traits;

/** Which object of a database is built on which, by their names, and what follows from that. Used by one thread. */
final class Dependencies {
    /** So many settings of one name are told apart; what changes more may change any. */
    private static final int MOST_SETTINGS = 32;

    private final Map<String, Set<String>> users = new HashMap<>();
    private final Map<String, Set<String>> uses = new HashMap<>();

    /** One object uses another. */
    void add(String user, String used) {
        if (!user.equals(used)) {
            users.computeIfAbsent(used, name -> new HashSet<>()).add(user);
            uses.computeIfAbsent(user, name -> new HashSet<>()).add(used);
        }
    }

    /** What each object uses. */
    Map<String, Set<String>> uses() {
        return uses;
    }

    /** All that uses one of these, directly or by what it uses, and they themselves. */
    Set<String> reaching(Set<String> used) {
        Set<String> found = new HashSet<>(used);
        Deque<String> next = new ArrayDeque<>(used);
        while (!next.isEmpty()) {
            users.getOrDefault(next.poll(), Set.of()).stream()
                    .filter(found::add)
                    .forEach(next::add);
        }
        return found;
    }

    /** What uses a suspicious object is suspicious itself, and so on. In a time that grows with the number of uses. */
    Map<String, Suspect> spread(Map<String, Suspect> roots) {
        Map<String, Suspect> found = new HashMap<>(roots);
        Deque<String> grown = new ArrayDeque<>(roots.keySet());
        Set<String> waiting = new HashSet<>(grown);
        while (!grown.isEmpty()) {
            String used = grown.poll();
            waiting.remove(used);
            Suspect cause = asUsed(found.get(used));
            for (String user : users.getOrDefault(used, Set.of())) {
                Suspect before = found.get(user);
                Suspect now = before == null ? either(cause, cause) : either(before, cause);
                if (!now.equals(before)) {
                    found.put(user, now);
                    if (waiting.add(user)) {
                        grown.add(user);
                    }
                }
            }
        }
        return found;
    }

    /** It is used there, whatever it is. */
    private static Suspect asUsed(Suspect suspect) {
        return new Suspect(suspect.traits() & ~Traits.AS_RELATION, suspect.settings());
    }

    static Suspect either(Suspect one, Suspect other) {
        Set<String> settings = new TreeSet<>(one.settings());
        settings.addAll(other.settings());
        boolean tooMany = settings.size() > MOST_SETTINGS;
        boolean anyMore = tooMany || Traits.has(one.traits() | other.traits(), Traits.UNKNOWN_STATE);
        return new Suspect(
                one.traits() | other.traits() | (anyMore ? Traits.UNKNOWN_STATE : 0),
                anyMore ? List.of() : new ArrayList<>(settings));
    }
}
