package pgrouter.testing.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import pgrouter.testing.history.Anomaly.Kind;
import pgrouter.testing.history.Operation.Append;
import pgrouter.testing.history.Operation.Read;
import pgrouter.testing.history.Operation.Total;
import pgrouter.testing.history.Transaction.Isolation;
import pgrouter.testing.history.Transaction.Outcome;

/** Each anomaly is planted by hand. Time is the number of the statement. */
final class CheckerTest {
    private static final Key X = new Key(Key.Kind.LIST, 1);
    private static final Key Y = new Key(Key.Kind.LIST, 2);
    private static final Key LOOSE = new Key(Key.Kind.LOOSE_REGISTER, 1);
    private static final long MONEY = 100;

    private final List<Transaction> transactions = new ArrayList<>();
    private final Map<Key, List<Integer>> last = new HashMap<>();

    private static Read read(long time, Key key, Integer... elements) {
        return new Read(key, List.of(elements), time, time);
    }

    private static Append append(long time, Key key, int element) {
        return new Append(key, element, time);
    }

    private void add(Isolation isolation, Outcome outcome, long ended, boolean moved, Operation... operations) {
        transactions.add(new Transaction(0, isolation, Arrays.asList(operations), outcome, ended, moved));
    }

    private void repeatable(long ended, Operation... operations) {
        add(Isolation.REPEATABLE_READ, Outcome.COMMITTED, ended, false, operations);
    }

    private void readCommitted(long ended, Operation... operations) {
        add(Isolation.READ_COMMITTED, Outcome.COMMITTED, ended, false, operations);
    }

    private void moved(Isolation isolation, long ended, Operation... operations) {
        add(isolation, Outcome.COMMITTED, ended, true, operations);
    }

    private void last(Key key, Integer... elements) {
        last.put(key, List.of(elements));
    }

    private Set<Kind> found() {
        return Checker.check(new History(transactions, last, MONEY)).stream()
                .map(Anomaly::kind)
                .collect(Collectors.toSet());
    }

    @Test
    void oneTransactionAfterAnotherIsClean() {
        repeatable(3, read(1, X), append(2, X, 1), read(3, X, 1));
        readCommitted(6, read(4, X, 1), append(5, X, 2), append(6, Y, 3));
        moved(Isolation.REPEATABLE_READ, 9, read(7, X, 1, 2), read(8, Y, 3), append(9, X, 4), new Total(MONEY, 9));
        last(X, 1, 2, 4);
        last(Y, 3);
        assertThat(found()).isEmpty();
    }

    @Test
    void snapshotsOfTransactionsAtTheSameTimeAreClean() {
        repeatable(9, read(1, X), append(8, Y, 2));
        repeatable(9, read(1, Y), append(8, X, 1));
        readCommitted(12, read(2, X), read(11, X, 1));
        last(X, 1);
        last(Y, 2);
        assertThat(found()).isEmpty();
    }

    @Test
    void anUnknownOutcomeMayBeEither() {
        add(Isolation.READ_COMMITTED, Outcome.UNKNOWN, 2, false, append(1, X, 1));
        add(Isolation.READ_COMMITTED, Outcome.UNKNOWN, 4, false, append(3, X, 2));
        readCommitted(6, read(5, X, 1));
        last(X, 1);
        assertThat(found()).isEmpty();
    }

    @Test
    void anAcknowledgedAppendThatIsNotThereIsLost() {
        readCommitted(1, append(1, X, 1));
        last(X);
        assertThat(found()).containsExactly(Kind.LOST_UPDATE);
    }

    @Test
    void aRegisterThatIsWrittenUponAnOldValueIsLost() {
        moved(Isolation.READ_COMMITTED, 5, read(1, LOOSE), append(4, LOOSE, 2));
        readCommitted(3, read(1, LOOSE), append(2, LOOSE, 1));
        last(LOOSE, 2);
        assertThat(found()).containsExactly(Kind.LOST_UPDATE);
    }

    @Test
    void aLooseRegisterMayLoseWhatIsWrittenAtTheSameTime() {
        moved(Isolation.READ_COMMITTED, 5, read(1, LOOSE), append(2, LOOSE, 2));
        readCommitted(3, read(1, LOOSE), append(2, LOOSE, 1));
        last(LOOSE, 2);
        assertThat(found()).isEmpty();
        assertThat(Checker.lostInRaces(new History(transactions, last, MONEY))).isEqualTo(1);
    }

    @Test
    void whatWasRolledBackMustNotBeRead() {
        add(Isolation.READ_COMMITTED, Outcome.ABORTED, 3, false, append(1, X, 1));
        readCommitted(2, read(2, X, 1));
        last(X);
        assertThat(found()).containsExactly(Kind.ABORTED_READ);
    }

    @Test
    void whatWasRolledBackMustNotBeThereInTheEnd() {
        add(Isolation.READ_COMMITTED, Outcome.ABORTED, 3, false, append(1, X, 1));
        last(X, 1);
        assertThat(found()).containsExactly(Kind.ABORTED_READ);
    }

    @Test
    void aReadInTheMiddleOfATransactionIsFound() {
        readCommitted(9, append(1, X, 1), append(8, X, 2));
        readCommitted(5, read(5, X, 1));
        last(X, 1, 2);
        assertThat(found()).containsExactly(Kind.INTERMEDIATE_READ);
    }

    @Test
    void aListThatIsNotTheBeginningOfTheLastOneIsFound() {
        readCommitted(9, append(1, X, 1));
        readCommitted(9, append(1, X, 2));
        readCommitted(9, read(2, X, 2));
        last(X, 1, 2);
        assertThat(found()).containsExactly(Kind.WRONG_ORDER);
    }

    @Test
    void anElementThatIsThereTwiceIsFound() {
        readCommitted(9, append(1, X, 1));
        last(X, 1, 1);
        assertThat(found()).containsExactly(Kind.WRONG_ORDER);
    }

    @Test
    void aTransactionMustSeeItsOwnAppend() {
        readCommitted(9, append(1, X, 1), read(2, X));
        last(X, 1);
        assertThat(found()).containsExactly(Kind.OWN_APPEND_UNSEEN);
    }

    @Test
    void aReadMustSeeAnAppendThatWasAcknowledgedBefore() {
        readCommitted(1, append(1, X, 1));
        readCommitted(2, read(2, X));
        last(X, 1);
        assertThat(found()).containsExactly(Kind.STALE_READ);
    }

    @Test
    void aReadMustNotSeeLessThanAnotherOneBefore() {
        readCommitted(9, append(1, X, 1));
        readCommitted(2, read(2, X, 1));
        readCommitted(3, read(3, X));
        last(X, 1);
        assertThat(found()).containsExactly(Kind.BACKWARD_READ);
    }

    @Test
    void aTransactionThatMovedMustNotRestOnAnOldRead() {
        readCommitted(3, append(2, X, 1));
        moved(Isolation.READ_COMMITTED, 5, read(1, X), append(4, Y, 2));
        last(X, 1);
        last(Y, 2);
        assertThat(found()).containsExactly(Kind.STALE_DECISION);
    }

    @Test
    void theSameOnThePrimaryIsClean() {
        readCommitted(3, append(2, X, 1));
        readCommitted(5, read(1, X), append(4, Y, 2));
        last(X, 1);
        last(Y, 2);
        assertThat(found()).isEmpty();
    }

    @Test
    void twoMomentsInOneSnapshotAreFound() {
        readCommitted(3, append(2, X, 1));
        repeatable(9, read(1, X), read(4, X, 1));
        last(X, 1);
        assertThat(found()).contains(Kind.UNREPEATABLE_READ);
    }

    @Test
    void theBankMustHaveItsMoney() {
        readCommitted(1, new Total(MONEY - 1, 1));
        assertThat(found()).containsExactly(Kind.WRONG_SUM);
    }

    @Test
    void appendsInTwoOrdersAreACycle() {
        readCommitted(9, append(1, X, 1), append(3, Y, 2));
        readCommitted(9, append(1, Y, 3), append(3, X, 4));
        last(X, 1, 4);
        last(Y, 3, 2);
        assertThat(found()).containsExactly(Kind.G0);
    }

    @Test
    void twoTransactionsThatReadFromEachOtherAreACycle() {
        readCommitted(9, append(1, X, 1), read(2, Y, 2));
        readCommitted(9, append(1, Y, 2), read(2, X, 1));
        last(X, 1);
        last(Y, 2);
        assertThat(found()).containsExactly(Kind.G1C);
    }

    @Test
    void aSnapshotWithHalfOfATransactionIsReadSkew() {
        readCommitted(9, append(1, X, 1), append(2, Y, 2));
        repeatable(9, read(3, X), read(4, Y, 2));
        last(X, 1);
        last(Y, 2);
        assertThat(found()).containsExactly(Kind.G_SINGLE);
    }

    @Test
    void halfOfATransactionIsAllowedInReadCommitted() {
        readCommitted(9, append(1, X, 1), append(2, Y, 2));
        readCommitted(9, read(3, X), read(4, Y, 2));
        last(X, 1);
        last(Y, 2);
        assertThat(found()).isEmpty();
    }

    @Test
    void readSkewThroughAnotherTransactionIsFound() {
        readCommitted(5, append(1, X, 1));
        readCommitted(9, read(6, X, 1), append(7, Y, 2));
        repeatable(9, read(3, X), read(8, Y, 2));
        last(X, 1);
        last(Y, 2);
        assertThat(found()).containsExactly(Kind.G_SINGLE);
    }

    @Test
    void anAppendToAListThatHasGrownSinceItsSnapshotIsALostUpdate() {
        repeatable(9, read(1, X), append(2, X, 1));
        repeatable(9, read(1, X), append(3, X, 2));
        last(X, 1, 2);
        assertThat(found()).containsExactly(Kind.G_SINGLE);
    }
}
