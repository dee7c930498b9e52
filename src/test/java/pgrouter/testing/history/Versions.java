package pgrouter.testing.history;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which transaction has appended which element, and where it stands in the last list of its key. Immutable. */
final class Versions {
    private final Map<Integer, Transaction> writers = new HashMap<>();
    private final Map<Integer, Integer> places = new HashMap<>();

    Versions(History history) {
        for (Transaction transaction : history.transactions()) {
            transaction.appends().forEach(append -> writers.put(append.element(), transaction));
        }
        for (List<Integer> list : history.last().values()) {
            for (int i = 0; i < list.size(); i++) {
                places.putIfAbsent(list.get(i), i);
            }
        }
    }

    Optional<Transaction> writer(int element) {
        return Optional.ofNullable(writers.get(element));
    }

    /** The index of an element in the last list of its key. */
    Optional<Integer> place(int element) {
        return Optional.ofNullable(places.get(element));
    }

    /** Whether a transaction has committed, as far as its client or the last lists tell. */
    boolean hasCommitted(Transaction transaction) {
        return switch (transaction.outcome()) {
            case COMMITTED -> true;
            case ABORTED -> false;
            case UNKNOWN -> transaction.appends().stream().anyMatch(append -> places.containsKey(append.element()));
        };
    }

    /** The list that a transaction has read, without the elements at its end that are its own. */
    List<Integer> ofOthers(Transaction transaction, Operation.Read read) {
        List<Integer> elements = read.elements();
        int end = elements.size();
        while (end > 0 && isOf(transaction, elements.get(end - 1))) {
            end--;
        }
        return elements.subList(0, end);
    }

    private static boolean isOf(Transaction transaction, int element) {
        return transaction.appends().stream().anyMatch(append -> append.element() == element);
    }
}
