package pgrouter.testing.history;

import java.util.List;
import java.util.stream.Stream;

/**
 * Finds in a history what PostgreSQL's primary alone never shows: as Elle does for lists, by the order that the lists themselves tell.
 *
 * @see <a href="https://www.vldb.org/pvldb/vol14/p268-alvaro.pdf">Elle: Inferring Isolation Anomalies from Experimental Observations</a>
 */
public final class Checker {
    private Checker() {}

    public static List<Anomaly> check(History history) {
        Versions versions = new Versions(history);
        return Stream.of(
                        new ReadChecks(history, versions).anomalies(),
                        new AppendChecks(history, versions).anomalies(),
                        new FreshnessChecks(history, versions).anomalies(),
                        new CycleChecks(history, versions).anomalies())
                .flatMap(found -> found)
                .toList();
    }

    /** How many updates of loose registers are lost, as PostgreSQL loses them in READ COMMITTED: no anomalies. */
    public static long lostInRaces(History history) {
        return new AppendChecks(history, new Versions(history)).lostInRaces();
    }
}
