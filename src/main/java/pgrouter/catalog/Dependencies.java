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
import java.util.function.Predicate;
import pgrouter.routing.SuspectNames.Suspect;
import pgrouter.routing.Traits;

/** Which object of a database is built on which, and what follows from that. Used by one thread at a time. */
final class Dependencies {
    /** So many settings of one object are told apart; what changes more may change any. */
    private static final int MOST_SETTINGS = 32;

    private final Map<String, Map<String, Use>> users = new HashMap<>();

    /** How an object finds another one, the narrowest first. */
    enum Use {
        /** By its name, where the session looks for names: only if that is in the schema of the other one. */
        BY_PATH,
        /** It is always this one. */
        BOUND,
        /** By its name, wherever that may be looked for. */
        ANYWHERE
    }

    /** One object uses another. */
    void add(String user, String used, Use how) {
        if (!user.equals(used)) {
            users.computeIfAbsent(used, name -> new HashMap<>(2))
                    .merge(user, how, (one, other) -> one.compareTo(other) > 0 ? one : other);
        }
    }

    boolean isSame(Dependencies other) {
        return users.equals(other.users);
    }

    /** Takes what one object uses. */
    interface Taker {
        void take(String user, String used);
    }

    void forEach(Taker taker) {
        users.forEach((used, by) -> by.keySet().forEach(user -> taker.take(user, used)));
    }

    /** All that uses one of these, directly or by what it uses, and they themselves. */
    Set<String> reaching(Set<String> used) {
        Set<String> found = new HashSet<>(used);
        Deque<String> next = new ArrayDeque<>(used);
        while (!next.isEmpty()) {
            users.getOrDefault(next.poll(), Map.of()).keySet().stream()
                    .filter(found::add)
                    .forEach(next::add);
        }
        return found;
    }

    /** What uses a suspicious object is suspicious itself, and so on. In a time that grows with the number of uses. */
    Map<String, Suspect> spread(Map<String, Suspect> roots) {
        Spreading spreading = new Spreading(object -> true, Map.of());
        roots.forEach(spreading::add);
        return spreading.run();
    }

    /**
     * The same for a session that looks for names in certain schemas.
     *
     * @param onPath whether an object is in one of these
     * @param wherever what is suspicious whatever the schemas
     */
    Map<String, Suspect> spread(Map<String, Suspect> roots, Predicate<String> onPath, Map<String, Suspect> wherever) {
        Spreading spreading = new Spreading(onPath, wherever);
        roots.forEach(spreading::add);
        wherever.forEach((used, suspect) -> users.getOrDefault(used, Map.of()).forEach((user, how) -> {
            if (how == Use.ANYWHERE) {
                spreading.add(user, asUsed(suspect));
            }
        }));
        return spreading.run();
    }

    private final class Spreading {
        private final Predicate<String> onPath;
        private final Map<String, Suspect> wherever;
        private final Map<String, Suspect> found = new HashMap<>();
        private final Deque<String> grown = new ArrayDeque<>();
        private final Set<String> waiting = new HashSet<>();

        Spreading(Predicate<String> onPath, Map<String, Suspect> wherever) {
            this.onPath = onPath;
            this.wherever = wherever;
        }

        void add(String object, Suspect cause) {
            Suspect before = found.get(object);
            Suspect now = complete(object, before == null ? cause : either(before, cause));
            if (!now.equals(before)) {
                found.put(object, now);
                if (waiting.add(object)) {
                    grown.add(object);
                }
            }
        }

        Map<String, Suspect> run() {
            while (!grown.isEmpty()) {
                String used = grown.poll();
                waiting.remove(used);
                Suspect cause = asUsed(found.get(used));
                boolean reached = onPath.test(used);
                users.getOrDefault(used, Map.of()).forEach((user, how) -> {
                    if (reached || how != Use.BY_PATH) {
                        add(user, either(cause, cause));
                    }
                });
            }
            return found;
        }

        /** What has moved the path finds anything from then on. */
        private Suspect complete(String object, Suspect suspect) {
            Suspect most = wherever.get(object);
            return most == null || !Traits.has(suspect.traits(), Traits.MAY_MOVE) ? suspect : either(suspect, most);
        }
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
