package pgrouter.testing.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import pgrouter.testing.history.Anomaly.Kind;
import pgrouter.testing.history.Transaction.Outcome;

/** Looks at each read for itself, whenever it was. */
final class ReadChecks {
    private final History history;
    private final Versions versions;

    ReadChecks(History history, Versions versions) {
        this.history = history;
        this.versions = versions;
    }

    Stream<Anomaly> anomalies() {
        return history.transactions().stream().flatMap(this::of);
    }

    private Stream<Anomaly> of(Transaction transaction) {
        List<Anomaly> found = new ArrayList<>();
        Map<Key, List<Integer>> seen = new HashMap<>();
        for (Operation operation : transaction.operations()) {
            if (operation instanceof Operation.Read read) {
                List<Integer> others = versions.ofOthers(transaction, read);
                wrong(transaction, read, others).ifPresent(found::add);
                List<Integer> before = seen.putIfAbsent(read.key(), others);
                if (transaction.hasOneSnapshot() && before != null && !before.equals(others)) {
                    found.add(new Anomaly(Kind.UNREPEATABLE_READ, before + " before " + read + " in " + transaction));
                }
            } else if (operation instanceof Operation.Total total && total.sum() != history.money()) {
                found.add(new Anomaly(Kind.WRONG_SUM, total + " in " + transaction));
            }
        }
        return found.stream();
    }

    private Optional<Anomaly> wrong(Transaction transaction, Operation.Read read, List<Integer> others) {
        return wrong(read, others)
                .or(() ->
                        seesItsOwn(transaction, read, others) ? Optional.empty() : Optional.of(Kind.OWN_APPEND_UNSEEN))
                .map(kind -> new Anomaly(
                        kind,
                        read + " in " + transaction + ", last " + history.last().get(read.key())));
    }

    private Optional<Kind> wrong(Operation.Read read, List<Integer> others) {
        if (others.stream().anyMatch(this::wasRolledBack)) {
            return Optional.of(Kind.ABORTED_READ);
        }
        if (!others.isEmpty() && isIntermediate(read.key(), others.getLast())) {
            return Optional.of(Kind.INTERMEDIATE_READ);
        }
        if (read.key().isOrdered() && !begins(others, history.last().getOrDefault(read.key(), List.of()))) {
            return Optional.of(Kind.WRONG_ORDER);
        }
        return Optional.empty();
    }

    private boolean wasRolledBack(int element) {
        return versions.writer(element)
                .filter(writer -> writer.outcome() == Outcome.ABORTED)
                .isPresent();
    }

    private boolean isIntermediate(Key key, int element) {
        return versions.writer(element)
                .filter(writer -> writer.appendsTo(key).getLast() != element)
                .isPresent();
    }

    private static boolean begins(List<Integer> list, List<Integer> longer) {
        return list.size() <= longer.size() && longer.subList(0, list.size()).equals(list);
    }

    private static boolean seesItsOwn(Transaction transaction, Operation.Read read, List<Integer> others) {
        List<Integer> own = transaction.appends().stream()
                .filter(append -> append.key().equals(read.key()) && append.sent() < read.sent())
                .map(Operation.Append::element)
                .toList();
        return own.equals(read.elements().subList(others.size(), read.elements().size()));
    }
}
