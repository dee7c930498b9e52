package pgrouter.testing.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import pgrouter.testing.history.Anomaly.Kind;
import pgrouter.testing.history.Transaction.Outcome;

/** Looks at what has become of each append. */
final class AppendChecks {
    private final History history;
    private final Versions versions;

    AppendChecks(History history, Versions versions) {
        this.history = history;
        this.versions = versions;
    }

    /** An append of a transaction that has committed, and the end of the list that it was written upon. */
    private record Update(Transaction by, Operation.Append append) {
        /** What it was written upon: the key, and the last element there. */
        Optional<Base> base() {
            return by.reads().stream()
                    .filter(read -> read.key().equals(append.key()) && read.sent() < append.sent())
                    .reduce((earlier, later) -> later)
                    .map(read -> new Base(
                            append.key(),
                            read.elements().isEmpty()
                                    ? Optional.empty()
                                    : Optional.of(read.elements().getLast())));
        }
    }

    private record Base(Key key, Optional<Integer> last) {}

    Stream<Anomaly> anomalies() {
        Stream<Anomaly> ofAppends = history.transactions().stream().flatMap(this::of);
        Stream<Anomaly> ofLists = history.last().entrySet().stream()
                .filter(list ->
                        new HashSet<>(list.getValue()).size() < list.getValue().size())
                .map(list -> new Anomaly(Kind.WRONG_ORDER, "twice in the last " + list));
        return Stream.of(ofAppends, ofLists, overwritten().stream()).flatMap(all -> all);
    }

    private Stream<Anomaly> of(Transaction transaction) {
        return transaction.appends().stream().flatMap(append -> outcome(transaction, append).stream());
    }

    private Optional<Anomaly> outcome(Transaction transaction, Operation.Append append) {
        boolean isThere = versions.place(append.element()).isPresent();
        if (isThere && transaction.outcome() == Outcome.ABORTED) {
            return Optional.of(new Anomaly(Kind.ABORTED_READ, append + " is there in the end, of " + transaction));
        }
        return !isThere && versions.hasCommitted(transaction) && append.key().isOrdered()
                ? Optional.of(new Anomaly(Kind.LOST_UPDATE, append + " of " + transaction))
                : Optional.empty();
    }

    /** Loose registers that were written upon what another update had replaced, as its client knew, before this one was sent. */
    private List<Anomaly> overwritten() {
        List<Anomaly> found = new ArrayList<>();
        for (List<Update> updates : rivals().values()) {
            for (Update late : updates) {
                updates.stream()
                        .filter(early -> late.by().movedToWrite()
                                && early.by().isAcknowledged()
                                && early.by().ended() < late.append().sent())
                        .map(early -> new Anomaly(Kind.LOST_UPDATE, early + " is overwritten by " + late))
                        .forEach(found::add);
            }
        }
        return found;
    }

    /** How many updates of loose registers are lost since transactions ran at the same time, as in PostgreSQL itself. */
    long lostInRaces() {
        return rivals().values().stream()
                .mapToLong(updates -> updates.size() - 1)
                .sum();
    }

    private Map<Base, List<Update>> rivals() {
        Map<Base, List<Update>> rivals = new HashMap<>();
        for (Transaction transaction : history.transactions()) {
            for (Operation.Append append : transaction.appends()) {
                if (!append.key().isOrdered() && transaction.isAcknowledged()) {
                    Update update = new Update(transaction, append);
                    update.base()
                            .ifPresent(base -> rivals.computeIfAbsent(base, key -> new ArrayList<>())
                                    .add(update));
                }
            }
        }
        return rivals;
    }
}
