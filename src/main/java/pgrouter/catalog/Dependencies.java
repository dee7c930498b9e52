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
import pgrouter.routing.StateTraits;
import pgrouter.routing.SuspectNames.Suspect;
import pgrouter.routing.Traits;

/** The dependencies between the objects of a database, and the suspicions that follow from them. One thread at a time. */
final class Dependencies {
    /** The maximum number of settings that are listed for one object; an object that changes more may change any. */
    private static final int MOST_SETTINGS = 32;

    private final Map<String, Map<String, Use>> users = new HashMap<>();

    /** How an object finds another one, the narrowest first. */
    enum Use {
        /** By its name, in the schemas where the session looks for names: only if the other object is in one of them. */
        BY_PATH,
        /** The use is always of this object. */
        BOUND,
        /** By its name, in any schema. */
        ANYWHERE
    }

    /** Adds that one object uses another. */
    void add(String user, String used, Use how) {
        if (!user.equals(used)) {
            users.computeIfAbsent(used, name -> new HashMap<>(2))
                    .merge(user, how, (one, other) -> one.compareTo(other) > 0 ? one : other);
        }
    }

    boolean isSame(Dependencies other) {
        return users.equals(other.users);
    }

    /** Takes the objects that one object uses. */
    interface Taker {
        void take(String user, String used);
    }

    void forEach(Taker taker) {
        users.forEach((used, by) -> by.keySet().forEach(user -> taker.take(user, used)));
    }

    /** Returns these objects, and all that use one of them directly or indirectly. */
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

    /**
     * Returns the suspicious objects: the roots, and all that use them directly or indirectly. The time grows with the
     * number of uses.
     */
    Map<String, Suspect> spread(Map<String, Suspect> roots) {
        Spreading spreading = new Spreading(object -> true, Map.of());
        roots.forEach(spreading::add);
        return spreading.run();
    }

    /**
     * The same for a session that looks for names in certain schemas.
     *
     * @param onPath whether an object is in one of these
     * @param wherever the objects that are suspicious whatever the schemas
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

        /** Adds the suspicion for any path where the object may change the search_path: from then on it may find any object. */
        private Suspect complete(String object, Suspect suspect) {
            Suspect most = wherever.get(object);
            return most == null || !suspect.state().has(StateTraits.MAY_MOVE) ? suspect : either(suspect, most);
        }
    }

    /** The suspicion that the user of an object takes on: it no longer depends on a use as a relation. */
    private static Suspect asUsed(Suspect suspect) {
        return suspect.without(Traits.AS_RELATION);
    }

    static Suspect either(Suspect one, Suspect other) {
        Set<String> settings = new TreeSet<>(one.settings());
        settings.addAll(other.settings());
        boolean tooMany = settings.size() > MOST_SETTINGS;
        StateTraits both = one.state().with(other.state());
        boolean anyMore = tooMany || both.has(StateTraits.UNKNOWN);
        return new Suspect(
                one.traits() | other.traits(),
                anyMore ? both.with(StateTraits.UNKNOWN) : both,
                anyMore ? List.of() : new ArrayList<>(settings));
    }
}
