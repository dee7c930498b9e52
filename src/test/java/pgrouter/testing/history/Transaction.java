package pgrouter.testing.history;

import java.util.List;
import java.util.Optional;

/**
 * A transaction as its client knows it.
 *
 * @param operations those that have succeeded, and the appends that were under way when it failed
 * @param ended when its client knew the outcome
 * @param movedToWrite whether it was on a standby right before its first append
 */
public record Transaction(
        int client,
        Isolation isolation,
        List<Operation> operations,
        Outcome outcome,
        long ended,
        boolean movedToWrite) {
    public Transaction {
        operations = List.copyOf(operations);
    }

    /** What its client asked for. */
    public enum Isolation {
        READ_COMMITTED,
        REPEATABLE_READ
    }

    /** How it has ended. */
    public enum Outcome {
        COMMITTED,
        ABORTED,
        /** It was lost while its commit was under way. */
        UNKNOWN
    }

    boolean hasOneSnapshot() {
        return isolation == Isolation.REPEATABLE_READ;
    }

    /** Whether its client was told that it has committed. */
    boolean isAcknowledged() {
        return outcome == Outcome.COMMITTED;
    }

    List<Operation.Append> appends() {
        return only(Operation.Append.class);
    }

    List<Operation.Read> reads() {
        return only(Operation.Read.class);
    }

    /** The elements that it appends to one list, in order. */
    List<Integer> appendsTo(Key key) {
        return appends().stream()
                .filter(append -> append.key().equals(key))
                .map(Operation.Append::element)
                .toList();
    }

    /** When it sent its first append. */
    Optional<Long> firstAppend() {
        return appends().stream().map(Operation.Append::sent).findFirst();
    }

    /** When it sent the statement at which it has seen what this read shows, at the earliest. */
    long moment(Operation.Read read) {
        return hasOneSnapshot() ? operations.getFirst().sent() : read.sent();
    }

    private <T extends Operation> List<T> only(Class<T> type) {
        return operations.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
