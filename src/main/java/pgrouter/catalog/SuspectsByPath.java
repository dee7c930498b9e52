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
 * What is suspicious by one reading of a catalog, for sessions of each path. For one that nobody has asked for yet all counts, until the
 * reader has found out what does. Any thread may ask.
 */
final class SuspectsByPath {
    /** So many paths are told apart, and so many sets of schemas in which anything is suspicious; then it is begun anew. */
    private static final int MOST_PATHS = 10_000;

    private static final int MOST_SETS = 500;

    private final Findings findings;
    private final Runnable news;
    private final Optional<SuspectNames> whole;
    private final Map<SearchPath, Optional<SuspectNames>> known = new ConcurrentHashMap<>();
    private final Map<Set<String>, Optional<SuspectNames>> bySchemas = new HashMap<>();
    private final Queue<SearchPath> asked = new ConcurrentLinkedQueue<>();

    /** @param news told where the reader is to find out what is suspicious for a path */
    SuspectsByPath(Findings findings, Runnable news) {
        this.findings = findings;
        this.news = news;
        this.whole = Optional.of(findings.whole());
    }

    /** For a session of whatever path. */
    Optional<SuspectNames> whole() {
        return whole;
    }

    /** What is known for sessions of this path; never empty. */
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

    /** @return whether nobody has asked for it before */
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

    /** Finds out what is suspicious for the paths that were asked for. Thread of the reader. */
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

    /** Asks for all that sessions of another reading have asked for. */
    void askAs(SuspectsByPath before) {
        before.known.keySet().forEach(this::ask);
    }
}
