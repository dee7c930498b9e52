package pgrouter.testing.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import pgrouter.testing.history.Anomaly.Kind;

/** Looks for what a read must have seen at its time. Lists only grow, so of each list only the length counts. */
final class FreshnessChecks {
    private final History history;
    private final Versions versions;

    FreshnessChecks(History history, Versions versions) {
        this.history = history;
        this.versions = versions;
    }

    /** A list was so long at this time: some client knew it, or must not have seen less. */
    private record Sight(Key key, long time, int length, Transaction by) {}

    Stream<Anomaly> anomalies() {
        List<Sight> acknowledged = acknowledged();
        return Stream.of(
                        behind(Kind.STALE_READ, acknowledged, asked()),
                        behind(Kind.BACKWARD_READ, answered(), asked()),
                        behind(Kind.STALE_DECISION, acknowledged, decided()))
                .flatMap(List::stream);
    }

    /** Returns the sights that are shorter than an earlier known one. */
    private static List<Anomaly> behind(Kind kind, List<Sight> known, List<Sight> seen) {
        Map<Key, Sight> longest = new HashMap<>();
        List<Anomaly> found = new ArrayList<>();
        known.sort(Comparator.comparingLong(Sight::time));
        seen.sort(Comparator.comparingLong(Sight::time));
        int next = 0;
        for (Sight sight : seen) {
            while (next < known.size() && known.get(next).time() < sight.time()) {
                Sight more = known.get(next++);
                longest.merge(more.key(), more, (one, other) -> one.length() >= other.length() ? one : other);
            }
            Sight expected = longest.getOrDefault(sight.key(), sight);
            if (expected.length() > sight.length()) {
                found.add(new Anomaly(kind, sight + " after " + expected));
            }
        }
        return found;
    }

    /** What was there when the client of an append knew that it had committed. */
    private List<Sight> acknowledged() {
        List<Sight> sights = new ArrayList<>();
        for (Transaction transaction : history.transactions()) {
            for (Operation.Append append : transaction.appends()) {
                if (transaction.isAcknowledged() && append.key().isOrdered()) {
                    versions.place(append.element())
                            .map(place -> new Sight(append.key(), transaction.ended(), place + 1, transaction))
                            .ifPresent(sights::add);
                }
            }
        }
        return sights;
    }

    /** Reads, when they were sent. */
    private List<Sight> asked() {
        List<Sight> sights = new ArrayList<>();
        for (Transaction transaction : history.transactions()) {
            for (Operation.Read read : ordered(transaction)) {
                sights.add(sight(transaction, read, transaction.moment(read)));
            }
        }
        return sights;
    }

    /** Reads, when their answers had come. */
    private List<Sight> answered() {
        List<Sight> sights = new ArrayList<>();
        for (Transaction transaction : history.transactions()) {
            for (Operation.Read read : ordered(transaction)) {
                sights.add(sight(transaction, read, read.received()));
            }
        }
        return sights;
    }

    /** Reads of transactions that moved, when they began to write. */
    private List<Sight> decided() {
        List<Sight> sights = new ArrayList<>();
        for (Transaction transaction : history.transactions()) {
            long written = transaction.firstAppend().orElse(0L);
            if (transaction.movedToWrite() && versions.hasCommitted(transaction)) {
                for (Operation.Read read : ordered(transaction)) {
                    if (read.sent() < written) {
                        sights.add(sight(transaction, read, written));
                    }
                }
            }
        }
        return sights;
    }

    private static List<Operation.Read> ordered(Transaction transaction) {
        return transaction.reads().stream()
                .filter(read -> read.key().isOrdered())
                .toList();
    }

    private Sight sight(Transaction transaction, Operation.Read read, long time) {
        return new Sight(read.key(), time, versions.ofOthers(transaction, read).size(), transaction);
    }
}
