package pgrouter.catalog;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import pgrouter.routing.SearchPath;
import pgrouter.routing.SuspectNames;

/**
 * The names that are suspicious by one reading of a catalog, for the sessions of each path. For a path that is asked
 * for the first time, all suspicious names count until the reader has found the names of that path. Any thread.
 */
final class SuspectsByPath {
    /** The maximum number of paths kept, and of sets of schemas in which anything is suspicious; beyond it both are cleared. */
    private static final int MOST_PATHS = 10_000;

    private static final int MOST_SETS = 500;

    private final Findings findings;
    private final Runnable news;
    private final Optional<SuspectNames> whole;
    private final Map<SearchPath, Optional<SuspectNames>> known = new ConcurrentHashMap<>();
    private final Map<Set<String>, Optional<SuspectNames>> bySchemas = new HashMap<>();
    private final Queue<SearchPath> asked = new ConcurrentLinkedQueue<>();

    /** @param news run when the reader is to find the suspicious names of a path */
    SuspectsByPath(Findings findings, Runnable news) {
        this.findings = findings;
        this.news = news;
        this.whole = Optional.of(findings.whole());
    }

    /** The names for a session of any path. */
    Optional<SuspectNames> whole() {
        return whole;
    }

    /** The names for sessions of this path; never empty. */
    Optional<SuspectNames> under(SearchPath path) {
        Optional<SuspectNames> found = known.get(path);
        if (found != null) {
            return found;
        }
        if (ask(path)) {
            news.run();
        }
        return whole;
    }

    /** @return whether this path was not asked for before */
    private boolean ask(SearchPath path) {
        if (known.size() >= MOST_PATHS) {
            known.clear();
        }
        if (known.putIfAbsent(path, whole) != null) {
            return false;
        }
        asked.add(path);
        return true;
    }

    boolean isAsked() {
        return !asked.isEmpty();
    }

    /** Finds the suspicious names of the paths that were asked for. Reader thread only. */
    void answer() {
        for (SearchPath path = asked.poll(); path != null; path = asked.poll()) {
            known.put(path, found(findings.reached(path)));
        }
    }

    private Optional<SuspectNames> found(Set<String> schemas) {
        if (bySchemas.size() >= MOST_SETS) {
            bySchemas.clear();
        }
        return bySchemas.computeIfAbsent(schemas, reached -> Optional.of(findings.under(reached)));
    }

    /** Whether another reading has found the same. */
    boolean isSame(SuspectsByPath other) {
        return findings.isSame(other.findings);
    }

    /** Asks for all paths that the sessions of another reading have asked for. */
    void askAs(SuspectsByPath before) {
        before.known.keySet().forEach(this::ask);
    }
}
