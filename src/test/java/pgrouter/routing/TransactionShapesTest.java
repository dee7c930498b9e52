package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import pgrouter.routing.TransactionShapes.Known;
import pgrouter.routing.TransactionShapes.OfDatabase;

final class TransactionShapesTest {
    private static final long BEGIN = 1;
    private static final long READS = 2;
    private static final long WRITES = 3;

    private final AtomicLong now = new AtomicLong();
    private final TransactionShapes shapes = new TransactionShapes(now::incrementAndGet);
    private final OfDatabase database = shapes.take("app");
    private final ShapePath path = new ShapePath();

    private void ended(boolean wrote, int times, long... fingerprints) {
        for (int i = 0; i < times; i++) {
            prefix(fingerprints);
            database.ended(path, wrote);
        }
    }

    private long prefix(long... fingerprints) {
        long prefix = path.begin(fingerprints[0]);
        for (int i = 1; i < fingerprints.length; i++) {
            prefix = path.next(fingerprints[i]);
        }
        return prefix;
    }

    private boolean leadsToWrite(long... fingerprints) {
        return database.leadsToWrite(prefix(fingerprints));
    }

    @Test
    void nothingIsKnownOfANewShape() {
        assertThat(leadsToWrite(BEGIN)).isFalse();
        assertThat(database.lacksText(prefix(BEGIN))).isTrue();
    }

    @Test
    void oneTransactionProvesNothing() {
        ended(true, 1, BEGIN, READS, WRITES);
        assertThat(leadsToWrite(BEGIN, READS)).isFalse();
        ended(true, 1, BEGIN, READS, WRITES);
        assertThat(leadsToWrite(BEGIN, READS)).isTrue();
    }

    @Test
    void aShapeThatWritesMoreOftenThanNotLeadsToAWrite() {
        ended(true, 2, BEGIN, READS, WRITES);
        ended(false, 2, BEGIN, READS);
        assertThat(leadsToWrite(BEGIN, READS)).isFalse();
        ended(true, 1, BEGIN, READS, WRITES);
        assertThat(leadsToWrite(BEGIN, READS)).isTrue();
    }

    @Test
    void aConflictCountsAsSeveralWrites() {
        ended(false, 7, BEGIN, READS);
        prefix(BEGIN, READS);
        database.conflicted(path);
        assertThat(leadsToWrite(BEGIN, READS)).isTrue();
        ended(false, 1, BEGIN, READS);
        assertThat(leadsToWrite(BEGIN, READS)).isFalse();
    }

    @Test
    void anOpeningAloneMustHaveLedToAWriteNineTimesOfTen() {
        ended(false, 1, BEGIN, READS);
        ended(true, 8, BEGIN, WRITES);
        assertThat(leadsToWrite(BEGIN)).isFalse();
        ended(true, 1, BEGIN, WRITES);
        assertThat(leadsToWrite(BEGIN)).isTrue();
    }

    @Test
    void aPrefixIsItsRequestsInTheirOrder() {
        ended(true, 2, BEGIN, READS, WRITES);
        assertThat(leadsToWrite(BEGIN, WRITES)).isFalse();
        assertThat(leadsToWrite(READS, BEGIN)).isFalse();
        assertThat(leadsToWrite(BEGIN, READS, WRITES)).isTrue();
        Set<Long> prefixes = new TreeSet<>();
        assertThat(List.of(prefix(0), prefix(0, 0), prefix(0, 0, 0), prefix(0, 1), prefix(1, 0)))
                .allMatch(prefixes::add);
    }

    /** The counts age, so that an application that has changed is learned anew. */
    @Test
    void theLatestTransactionsCountMost() {
        ended(true, 1000, BEGIN, READS, WRITES);
        assertThat(shapes.latest(1).getFirst().wrote()).isLessThan(Shape.AGED);
        ended(false, Shape.AGED, BEGIN, READS);
        assertThat(leadsToWrite(BEGIN, READS)).isFalse();
    }

    @Test
    void bothCountsAgeTogether() {
        ended(false, 31, BEGIN);
        ended(true, Shape.AGED, BEGIN);
        Known known = shapes.latest(1).getFirst();
        assertThat(known.wrote()).isEqualTo(Shape.AGED / 2);
        assertThat(known.onlyRead()).isEqualTo(15);
        ended(false, Shape.AGED, BEGIN);
        assertThat(shapes.latest(1).getFirst().onlyRead()).isBetween(Shape.AGED / 2, Shape.AGED);
    }

    @Test
    void onlyTheFirstPrefixesOfALongTransactionAreKept() {
        long[] requests = LongStream.range(0, 100).toArray();
        ended(true, 2, requests);
        path.describe("not kept");
        database.ended(path, true);
        assertThat(shapes.latest(1000))
                .hasSize(ShapePath.DEEPEST)
                .allMatch(known -> known.text().isEmpty());
        assertThat(leadsToWrite(LongStream.range(0, ShapePath.DEEPEST).toArray()))
                .isTrue();
        assertThat(leadsToWrite(LongStream.range(0, ShapePath.DEEPEST + 1).toArray()))
                .isFalse();
    }

    @Test
    void aPrefixIsShownByTheTextOfItsLastRequest() {
        prefix(BEGIN, READS);
        path.describe("SELECT ?");
        database.ended(path, false);
        assertThat(database.lacksText(prefix(BEGIN))).isTrue();
        path.describe("BEGIN");
        assertThat(database.lacksText(path.next(READS))).isFalse();
        path.next(WRITES);
        path.describe("x".repeat(ShapePath.LONGEST_TEXT + 1));
        database.ended(path, true);
        assertThat(shapes.latest(3).stream().map(Known::text).map(Optional::orElseThrow))
                .containsExactly("BEGIN", "SELECT ?", "x".repeat(ShapePath.LONGEST_TEXT) + "...");
        assertThat(shapes.latest(1)).extracting(Known::database).containsExactly("app");
    }

    @Test
    void aTextIsNotThatOfTheNextTransaction() {
        prefix(BEGIN);
        path.describe("BEGIN");
        ended(true, 1, READS);
        assertThat(shapes.latest(1).getFirst().text()).isEmpty();
    }

    @Test
    void whatTransactionsHadLastIsKeptAmongTooMany() {
        ended(true, 2, BEGIN, READS, WRITES);
        for (int i = 10; i < 10 + 3 * ShapeTable.MOST; i++) {
            ended(false, 1, i);
            if (i % 100 == 0) {
                ended(true, 1, BEGIN, READS, WRITES);
            }
        }
        assertThat(shapes.latest(Integer.MAX_VALUE)).hasSizeLessThanOrEqualTo(ShapeTable.MOST);
        assertThat(leadsToWrite(BEGIN, READS)).isTrue();
    }

    @Test
    void allShapesOfADatabaseAreForgottenTogether() {
        ended(true, 2, BEGIN, READS, WRITES);
        OfDatabase other = shapes.take("other");
        prefix(BEGIN);
        other.ended(path, true);
        other.ended(path, true);
        database.forget();
        assertThat(leadsToWrite(BEGIN, READS)).isFalse();
        assertThat(other.leadsToWrite(prefix(BEGIN))).isTrue();
        shapes.forget();
        assertThat(other.leadsToWrite(prefix(BEGIN))).isFalse();
    }

    @Test
    void aDatabaseThatNobodyUsesIsForgottenAfterAWhile() {
        ended(true, 2, BEGIN);
        database.leave();
        assertThat(shapes.take("app").leadsToWrite(prefix(BEGIN))).isTrue();
        database.leave();
        shapes.take("other").leave();
        assertThat(shapes.databases()).isEqualTo(1);
        now.addAndGet(TransactionShapes.KEPT);
        shapes.take("other").leave();
        assertThat(shapes.databases()).isZero();
    }

    @Test
    void threadsThatEndTheSameTransactionsCountThemAll() throws InterruptedException {
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.ofPlatform().start(() -> {
                ShapePath own = new ShapePath();
                for (int round = 0; round < 10; round++) {
                    for (int shape = 0; shape < 200; shape++) {
                        own.begin(shape);
                        database.ended(own, true);
                    }
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(shapes.latest(1000)).hasSize(200).allMatch(known -> known.wrote() == 40);
    }
}
