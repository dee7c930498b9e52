package pgrouter.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.portalSuspended;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.rowDescription;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;

/** Two runs of a transaction have the same digest if, and only if, the client could not tell them apart. */
final class ReplyDigestTest {
    private static final int HEADER = 5;

    private final Random random = new Random(20_261_201);

    @Test
    void rowsInAnotherOrderAreEqual() {
        assertThat(digest(select("1", "2", "3"))).isEqualTo(digest(select("3", "1", "2")));
    }

    @Test
    void whereTheRequestOrdersItsRowsTheirOrderCounts() {
        assertThat(ordered(select("1", "2", "3"))).isEqualTo(ordered(select("1", "2", "3")));
        assertThat(ordered(select("1", "2", "3")))
                .isNotEqualTo(ordered(select("3", "1", "2")))
                .isNotEqualTo(ordered(select("2", "1", "3")));
    }

    @Test
    void theOrderCountsOnlyForTheRequestThatOrders() {
        BitSet second = new BitSet();
        second.set(1);
        Digest before = of(second, select("1", "2"), select("3", "4"));
        assertThat(of(second, select("2", "1"), select("3", "4"))).isEqualTo(before);
        assertThat(of(second, select("1", "2"), select("4", "3"))).isNotEqualTo(before);
    }

    @Test
    void aRowThatHasChangedIsADifference() {
        assertThat(digest(select("1", "2"))).isNotEqualTo(digest(select("1", "3")));
    }

    @Test
    void aRowMoreOrLessIsADifference() {
        assertThat(digest(select("1", "1")))
                .isNotEqualTo(digest(select("1")))
                .isNotEqualTo(digest(select("1", "1", "1")))
                .isNotEqualTo(digest(select()));
    }

    @Test
    void twoPairsOfEqualRowsAreNotEqual() {
        assertThat(digest(reply(dataRow("1"), dataRow("1")))).isNotEqualTo(digest(reply(dataRow("2"), dataRow("2"))));
    }

    @Test
    void valuesThatRowsHaveSwappedAreADifference() {
        Digest before = digest(reply(dataRow("a", "1"), dataRow("b", "2")));
        assertThat(digest(reply(dataRow("a", "2"), dataRow("b", "1")))).isNotEqualTo(before);
        assertThat(digest(reply(dataRow("1", "a"), dataRow("2", "b")))).isNotEqualTo(before);
    }

    @Test
    void nullIsNotTheEmptyText() {
        assertThat(digest(reply(dataRow((String) null)))).isNotEqualTo(digest(reply(dataRow(""))));
    }

    @Test
    void rowsOfTwoResultsOfOneReplyAreNotMixed() {
        byte[] end = complete("SELECT 1");
        assertThat(digest(reply(dataRow("1"), end, dataRow("2"), end)))
                .isNotEqualTo(digest(reply(dataRow("2"), end, dataRow("1"), end)));
    }

    @Test
    void rowsOfTwoRepliesAreNotMixed() {
        assertThat(digest(select("1"), select("2"))).isNotEqualTo(digest(select("2"), select("1")));
    }

    @Test
    void anotherCountIsADifference() {
        assertThat(digest(reply(complete("UPDATE 1")))).isNotEqualTo(digest(reply(complete("UPDATE 2"))));
    }

    @Test
    void otherColumnsAreADifference() {
        assertThat(digest(reply(rowDescription("a")))).isNotEqualTo(digest(reply(rowDescription("b"))));
    }

    @Test
    void aMessageMoreIsADifference() {
        assertThat(digest(reply(bindComplete()))).isNotEqualTo(digest(reply(bindComplete(), bindComplete())));
        assertThat(digest(reply(bindComplete()))).isNotEqualTo(digest(reply()));
    }

    @Test
    void anotherSqlStateIsADifferenceOfTheCourseToo() {
        Digest before = digest(failure("22012", "no"));
        Digest after = digest(failure("42P01", "no"));
        assertThat(after.whole()).isNotEqualTo(before.whole());
        assertThat(after.course()).isNotEqualTo(before.course());
    }

    @Test
    void theWordsOfAnErrorDoNotCount() {
        assertThat(digest(failure("22012", "division by zero")))
                .isEqualTo(digest(failure("22012", "Division durch Null, wie lang das auch sein mag")));
    }

    @Test
    void anotherStateOfTheTransactionIsADifferenceOfTheCourseToo() {
        Digest before = digest(List.of(complete("ROLLBACK"), ready('T')));
        Digest after = digest(List.of(complete("ROLLBACK"), ready('I')));
        assertThat(after.whole()).isNotEqualTo(before.whole());
        assertThat(after.course()).isNotEqualTo(before.course());
    }

    @Test
    void rowsAreNoPartOfTheCourse() {
        Digest before = digest(select("1", "2"), failure("22012", "no"));
        Digest after = digest(select("3"), failure("22012", "no"));
        assertThat(after.whole()).isNotEqualTo(before.whole());
        assertThat(after.course()).isEqualTo(before.course());
    }

    @Test
    void requestsOneByOneGiveTheDigestOfAllTogether() {
        List<List<byte[]>> replies = List.of(select("1", "2"), failure("22012", "no"), reply(complete("SAVEPOINT")));
        ReplyDigest digest = new ReplyDigest();
        Digest oneByOne = Digest.NONE;
        for (List<byte[]> reply : replies) {
            digest.begin(oneByOne, new BitSet());
            reply.forEach(message -> take(digest, message));
            oneByOne = digest.value();
        }
        assertThat(oneByOne).isEqualTo(of(new BitSet(), replies));
    }

    @Test
    void whatARequestLeavesOffDoesNotCountInTheNext() {
        ReplyDigest digest = new ReplyDigest();
        digest.begin(Digest.NONE, new BitSet());
        take(digest, dataRow("1"));
        digest.begin(Digest.NONE, new BitSet());
        select("2").forEach(message -> take(digest, message));
        assertThat(digest.value()).isEqualTo(digest(select("2")));
    }

    @Test
    void whatNobodyWantsIsNotRead() {
        ReplyDigest digest = new ReplyDigest();
        digest.off();
        digest.begins(BackendTag.DATA_ROW);
        assertThat(digest.isReading()).isFalse();
    }

    @Test
    void aPortalThatHasGivenAPartOfItsRowsIsNoted() {
        assertThat(digest(select("1")).suspended()).isFalse();
        assertThat(digest(reply(dataRow("1"), portalSuspended()), select("1")).suspended())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "57014, true",
        "55P03, true",
        "40P01, true",
        "53200, true",
        "58030, true",
        "40001, false",
        "22012, false",
        "23505, false",
        "25P02, false"
    })
    void onlyAnInterruptionIsNotedAsOne(String sqlState, boolean isInterruption) {
        ReplyDigest digest = new ReplyDigest();
        digest.begin(Digest.NONE, new BitSet());
        failure(sqlState, "said").forEach(message -> take(digest, message));
        assertThat(digest.interruption().map(ErrorResponse::sqlState).filter(sqlState::equals))
                .matches(noted -> noted.isPresent() == isInterruption);
    }

    /** Each length of a message leaves another rest behind the last whole word of eight bytes. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 1000})
    void anySplitOfTheBytesGivesTheSameDigest(int length) {
        byte[] row = dataRow("v".repeat(length));
        List<byte[]> reply = List.of(rowDescription("column"), row, dataRow("w", null), complete("SELECT 2"));
        Digest whole = digest(reply(reply.toArray(byte[][]::new)));
        for (int i = 0; i < 200; i++) {
            ReplyDigest digest = new ReplyDigest();
            digest.begin(Digest.NONE, new BitSet());
            reply.forEach(message -> takeInPieces(digest, message));
            take(digest, ready('T'));
            assertThat(digest.value()).isEqualTo(whole);
        }
    }

    /** Any one bit of any row counts, and no order does. */
    @Test
    void anyBitOfAnyRowCounts() {
        for (int i = 0; i < 2_000; i++) {
            List<byte[]> rows = new ArrayList<>();
            for (int row = random.nextInt(1, 20); row > 0; row--) {
                rows.add(dataRow("" + random.nextLong(), "" + random.nextInt(10)));
            }
            Digest before = digest(reply(rows.toArray(byte[][]::new)));
            Collections.shuffle(rows, random);
            assertThat(digest(reply(rows.toArray(byte[][]::new)))).isEqualTo(before);
            byte[] row = rows.get(random.nextInt(rows.size()));
            row[random.nextInt(HEADER, row.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            assertThat(digest(reply(rows.toArray(byte[][]::new)))).isNotEqualTo(before);
        }
    }

    private static List<byte[]> select(String... values) {
        List<byte[]> reply = new ArrayList<>();
        reply.add(rowDescription("c"));
        for (String value : values) {
            reply.add(dataRow(value));
        }
        // The same tag always: the rows themselves must make the difference.
        reply.add(complete("SELECT"));
        reply.add(ready('T'));
        return reply;
    }

    private static List<byte[]> failure(String sqlState, String words) {
        return List.of(error(sqlState, words), ready('E'));
    }

    /** These, and the end of the reply. */
    private static List<byte[]> reply(byte[]... messages) {
        List<byte[]> reply = new ArrayList<>(List.of(messages));
        reply.add(ready('T'));
        return reply;
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static Digest digest(List<byte[]>... replies) {
        return of(new BitSet(), Stream.of(replies).toList());
    }

    private static Digest ordered(List<byte[]> reply) {
        BitSet first = new BitSet();
        first.set(0);
        return of(first, List.of(reply));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static Digest of(BitSet inOrder, List<byte[]>... replies) {
        return of(inOrder, Stream.of(replies).toList());
    }

    private static Digest of(BitSet inOrder, List<List<byte[]>> replies) {
        ReplyDigest digest = new ReplyDigest();
        digest.begin(Digest.NONE, inOrder);
        replies.forEach(reply -> reply.forEach(message -> take(digest, message)));
        return digest.value();
    }

    private static void take(ReplyDigest digest, byte[] message) {
        switch (message[0]) {
            case BackendTag.ERROR_RESPONSE -> digest.fails(ErrorResponse.error(sqlState(message), words(message)));
            case BackendTag.READY_FOR_QUERY -> digest.ends(message[HEADER]);
            default -> {
                digest.begins(message[0]);
                assertThat(digest.isReading()).isTrue();
                digest.read(message, 0, message.length, true);
                assertThat(digest.isReading()).isFalse();
            }
        }
    }

    private void takeInPieces(ReplyDigest digest, byte[] message) {
        digest.begins(message[0]);
        // The buffer has other bytes before and after the piece.
        byte[] buffer = new byte[message.length + 16];
        int at = 0;
        while (at < message.length) {
            int length = random.nextInt(1, Math.min(20, message.length - at) + 1);
            int offset = random.nextInt(16);
            System.arraycopy(message, at, buffer, offset, length);
            at += length;
            digest.read(buffer, offset, length, at == message.length);
        }
    }

    private static String sqlState(byte[] error) {
        return field(error, 'C');
    }

    private static String words(byte[] error) {
        return field(error, 'M');
    }

    private static String field(byte[] error, char code) {
        String[] fields = new String(error, HEADER, error.length - HEADER, StandardCharsets.UTF_8).split("\0");
        for (String field : fields) {
            if (field.charAt(0) == code) {
                return field.substring(1);
            }
        }
        throw new AssertionError("an error without the field " + code);
    }
}
