package pgrouter.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.ProtocolException;
import pgrouter.request.Statement;

/** Whose turn it is, and what a reply belongs to. */
final class PendingRepliesTest {
    private static final Statement S1 = Statement.named("s1");

    private final PendingReplies ledger = new PendingReplies();

    @ParameterizedTest
    @ValueSource(bytes = {FrontendTag.QUERY, FrontendTag.FUNCTION_CALL, FrontendTag.SYNC})
    void endOfARequestGivesTheBackendTheTurnUntilReadyForQuery(byte mark) throws Exception {
        ledger.sent(mark);
        assertThat(ledger.isClientsTurn()).isFalse();
        assertThat(ledger.answered(BackendTag.READY_FOR_QUERY)).isEqualTo(mark);
        assertThat(ledger.isClientsTurn()).isTrue();
        assertThat(ledger.isSettled()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(bytes = {FrontendTag.BIND, FrontendTag.DESCRIBE, FrontendTag.EXECUTE, Mark.CLOSE_PORTAL})
    void otherMessagesLeaveTheClientTheTurn(byte mark) {
        ledger.sent(mark);
        assertThat(ledger.isClientsTurn()).isTrue();
        assertThat(ledger.isSettled()).isFalse();
    }

    @Test
    void flushGivesTheTurnUntilAllBeforeItIsAnswered() throws Exception {
        ledger.sent(FrontendTag.PARSE, S1);
        ledger.sent(FrontendTag.BIND);
        ledger.sent(FrontendTag.FLUSH);
        assertThat(ledger.isClientsTurn()).isFalse();
        ledger.answered(BackendTag.PARSE_COMPLETE);
        assertThat(ledger.statement()).isSameAs(S1);
        assertThat(ledger.isClientsTurn()).isFalse();
        ledger.answered(BackendTag.BIND_COMPLETE);
        assertThat(ledger.isClientsTurn()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(bytes = {Mark.MALFORMED, Mark.MALFORMED_FLUSH})
    void whatCannotBeReadIsAwaitedAndAnsweredByAnErrorOnly(byte mark) throws Exception {
        ledger.sent(mark);
        ledger.sent(FrontendTag.PARSE, S1);
        assertThat(ledger.isClientsTurn()).isFalse();
        assertThatThrownBy(() -> ledger.answered(BackendTag.PARSE_COMPLETE)).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> ledger.answered(BackendTag.READY_FOR_QUERY)).isInstanceOf(ProtocolException.class);
        assertThat(ledger.failed()).isEqualTo(mark);
        assertThat(ledger.isSkipping()).isTrue();
        assertThat(ledger.isClientsTurn()).isTrue();
        ledger.sent(FrontendTag.SYNC);
        assertThat(ledger.answered(BackendTag.READY_FOR_QUERY)).isEqualTo(FrontendTag.SYNC);
        assertThat(ledger.isSettled()).isTrue();
    }

    @Test
    void aQueryThatCannotBeReadHasNoRows() throws Exception {
        ledger.sent(Mark.MALFORMED_QUERY);
        assertThatThrownBy(() -> ledger.answered(BackendTag.ROW_DESCRIPTION)).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> ledger.answered(BackendTag.COMMAND_COMPLETE)).isInstanceOf(ProtocolException.class);
        ledger.failed();
        assertThat(ledger.isClientsTurn()).isFalse();
        ledger.answered(BackendTag.READY_FOR_QUERY);
        assertThat(ledger.isSettled()).isTrue();
    }

    @Test
    void nothingButItsEndIsAwaitedOfAServerThatIsSentAnUnknownType() throws Exception {
        ledger.sent(FrontendTag.PARSE, S1);
        ledger.sent(FrontendTag.BIND);
        ledger.sent(Mark.NO_MESSAGE);
        ledger.failed();
        assertThat(ledger.isClientsTurn()).isFalse();
        assertThatThrownBy(() -> ledger.answered(BackendTag.READY_FOR_QUERY)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void anUnknownTypeIsSeenWhileMessagesAreSkipped() {
        ledger.sent(FrontendTag.BIND);
        ledger.failed();
        ledger.sent(Mark.NO_MESSAGE);
        assertThat(ledger.isClientsTurn()).isFalse();
    }

    @Test
    void anUnknownTypeEndsACopy() throws Exception {
        ledger.sent(FrontendTag.EXECUTE);
        ledger.sent(Mark.NO_MESSAGE);
        ledger.answered(BackendTag.COPY_IN_RESPONSE);
        assertThat(ledger.isClientsTurn()).isFalse();
        ledger.failed();
        assertThat(ledger.isClientsTurn()).isFalse();
    }

    @Test
    void flushBehindNothingIsNotWaitedFor() {
        ledger.sent(FrontendTag.FLUSH);
        assertThat(ledger.isClientsTurn()).isTrue();
        assertThat(ledger.isSettled()).isTrue();
    }

    @Test
    void repliesBelongToTheirMessages() throws Exception {
        ledger.sent(FrontendTag.PARSE, S1);
        ledger.sent(FrontendTag.DESCRIBE, S1);
        ledger.sent(FrontendTag.BIND);
        ledger.sent(FrontendTag.EXECUTE);
        ledger.sent(FrontendTag.CLOSE, S1);
        ledger.sent(FrontendTag.SYNC);
        assertThat(ledger.answered(BackendTag.PARSE_COMPLETE)).isEqualTo(FrontendTag.PARSE);
        assertThat(ledger.statement()).isSameAs(S1);
        assertThat(ledger.answered(BackendTag.PARAMETER_DESCRIPTION)).isEqualTo(FrontendTag.DESCRIBE);
        assertThat(ledger.answered(BackendTag.ROW_DESCRIPTION)).isEqualTo(FrontendTag.DESCRIBE);
        assertThat(ledger.statement()).isSameAs(S1);
        assertThat(ledger.answered(BackendTag.BIND_COMPLETE)).isEqualTo(FrontendTag.BIND);
        assertThat(ledger.answered(BackendTag.DATA_ROW)).isEqualTo(FrontendTag.EXECUTE);
        assertThat(ledger.answered(BackendTag.PORTAL_SUSPENDED)).isEqualTo(FrontendTag.EXECUTE);
        assertThat(ledger.answered(BackendTag.CLOSE_COMPLETE)).isEqualTo(FrontendTag.CLOSE);
        assertThat(ledger.statement()).isSameAs(S1);
        assertThat(ledger.answered(BackendTag.READY_FOR_QUERY)).isEqualTo(FrontendTag.SYNC);
        assertThat(ledger.isSettled()).isTrue();
    }

    @Test
    void errorDropsEverythingUpToTheSyncThatIsOnItsWay() throws Exception {
        ledger.sent(FrontendTag.PARSE, S1);
        ledger.sent(FrontendTag.BIND);
        ledger.sent(FrontendTag.EXECUTE);
        ledger.sent(FrontendTag.SYNC);
        ledger.sent(FrontendTag.PARSE, Statement.named("s2"));
        ledger.sent(FrontendTag.SYNC);
        assertThat(ledger.failed()).isEqualTo(FrontendTag.PARSE);
        assertThat(ledger.isSkipping()).isFalse();
        ledger.answered(BackendTag.READY_FOR_QUERY);
        ledger.answered(BackendTag.PARSE_COMPLETE);
        assertThat(ledger.statement().name()).isEqualTo("s2");
        ledger.answered(BackendTag.READY_FOR_QUERY);
        assertThat(ledger.isSettled()).isTrue();
    }

    @Test
    void errorWithoutASyncDropsWhatIsSentUntilThereIsOne() throws Exception {
        ledger.sent(FrontendTag.PARSE, S1);
        ledger.sent(FrontendTag.FLUSH);
        ledger.failed();
        assertThat(ledger.isSkipping()).isTrue();
        assertThat(ledger.isClientsTurn()).isTrue();
        ledger.sent(FrontendTag.PARSE, S1);
        ledger.sent(FrontendTag.FLUSH);
        assertThat(ledger.isClientsTurn()).isTrue();
        ledger.sent(FrontendTag.SYNC);
        assertThat(ledger.isSkipping()).isFalse();
        assertThat(ledger.answered(BackendTag.READY_FOR_QUERY)).isEqualTo(FrontendTag.SYNC);
    }

    @Test
    void queryBehindAnErrorIsDroppedTooUntilTheSync() throws Exception {
        ledger.sent(FrontendTag.BIND);
        ledger.sent(FrontendTag.QUERY);
        ledger.sent(FrontendTag.SYNC);
        ledger.failed();
        assertThat(ledger.answered(BackendTag.READY_FOR_QUERY)).isEqualTo(FrontendTag.SYNC);
        assertThat(ledger.isSettled()).isTrue();
    }

    @Test
    void errorOfAQueryIsFollowedByItsReadyForQuery() throws Exception {
        ledger.sent(FrontendTag.QUERY);
        assertThat(ledger.failed()).isEqualTo(FrontendTag.QUERY);
        assertThat(ledger.isSkipping()).isFalse();
        assertThat(ledger.isClientsTurn()).isFalse();
        assertThat(ledger.answered(BackendTag.READY_FOR_QUERY)).isEqualTo(FrontendTag.QUERY);
    }

    @Test
    void errorAtTheCommitOfASyncIsFollowedByItsReadyForQuery() throws Exception {
        ledger.sent(FrontendTag.SYNC);
        assertThat(ledger.failed()).isEqualTo(FrontendTag.SYNC);
        assertThat(ledger.answered(BackendTag.READY_FOR_QUERY)).isEqualTo(FrontendTag.SYNC);
    }

    @Test
    void errorWithoutARequestBelongsToNothing() {
        assertThat(ledger.failed()).isZero();
        assertThat(ledger.isSettled()).isTrue();
    }

    @Test
    void copyGivesTheClientTheTurnUntilItsEnd() throws Exception {
        ledger.sent(FrontendTag.QUERY);
        ledger.answered(BackendTag.COPY_IN_RESPONSE);
        assertThat(ledger.isClientsTurn()).isTrue();
        ledger.sent(FrontendTag.COPY_DATA);
        assertThat(ledger.isClientsTurn()).isTrue();
        ledger.sent(FrontendTag.COPY_DONE);
        assertThat(ledger.isClientsTurn()).isFalse();
        ledger.answered(BackendTag.COMMAND_COMPLETE);
        ledger.answered(BackendTag.READY_FOR_QUERY);
        assertThat(ledger.isSettled()).isTrue();
    }

    @Test
    void copySwallowsSyncAndFlush() throws Exception {
        ledger.sent(FrontendTag.EXECUTE);
        ledger.sent(FrontendTag.SYNC);
        ledger.answered(BackendTag.COPY_IN_RESPONSE);
        assertThat(ledger.isClientsTurn()).isTrue();
        ledger.sent(FrontendTag.FLUSH);
        ledger.sent(FrontendTag.SYNC);
        assertThat(ledger.isClientsTurn()).isTrue();
        ledger.sent(FrontendTag.COPY_FAIL);
        ledger.sent(FrontendTag.SYNC);
        ledger.failed();
        assertThat(ledger.answered(BackendTag.READY_FOR_QUERY)).isEqualTo(FrontendTag.SYNC);
        assertThat(ledger.isSettled()).isTrue();
    }

    @Test
    void endOfAPipelinedCopyIsFoundBehindItsBeginning() throws Exception {
        ledger.sent(FrontendTag.EXECUTE);
        ledger.sent(FrontendTag.COPY_DATA);
        ledger.sent(FrontendTag.FLUSH);
        ledger.sent(FrontendTag.COPY_DONE);
        ledger.sent(FrontendTag.SYNC);
        ledger.answered(BackendTag.COPY_IN_RESPONSE);
        assertThat(ledger.isClientsTurn()).isFalse();
        assertThat(ledger.answered(BackendTag.COMMAND_COMPLETE)).isEqualTo(FrontendTag.EXECUTE);
        assertThat(ledger.answered(BackendTag.READY_FOR_QUERY)).isEqualTo(FrontendTag.SYNC);
        assertThat(ledger.isSettled()).isTrue();
    }

    @Test
    void endOfACopyThatNeverBeganIsIgnored() throws Exception {
        ledger.sent(FrontendTag.COPY_DONE);
        assertThat(ledger.isSettled()).isTrue();
        ledger.sent(FrontendTag.BIND);
        ledger.sent(FrontendTag.COPY_FAIL);
        ledger.sent(FrontendTag.SYNC);
        ledger.answered(BackendTag.BIND_COMPLETE);
        assertThat(ledger.answered(BackendTag.READY_FOR_QUERY)).isEqualTo(FrontendTag.SYNC);
    }

    @Test
    void ownMessagesAreTold() throws Exception {
        ledger.sent(Mark.OWN_CLOSE, S1);
        ledger.sent(Mark.OWN_PARSE, S1);
        ledger.sent(Mark.OWN_SYNC);
        ledger.sent(Mark.OWN_QUERY);
        assertThat(Mark.isOwn(ledger.answered(BackendTag.CLOSE_COMPLETE))).isTrue();
        assertThat(Mark.isOwn(ledger.answered(BackendTag.PARSE_COMPLETE))).isTrue();
        assertThat(Mark.isOwn(ledger.answered(BackendTag.READY_FOR_QUERY))).isTrue();
        assertThat(Mark.isOwn(ledger.answered(BackendTag.READY_FOR_QUERY))).isTrue();
        assertThat(Mark.isOwn(FrontendTag.PARSE)).isFalse();
        assertThat(Mark.isOwn(FrontendTag.COPY_DATA)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(bytes = {BackendTag.DATA_ROW, BackendTag.READY_FOR_QUERY, BackendTag.COPY_IN_RESPONSE, '?', 0, -1})
    void replyToNothingIsAViolation(byte tag) {
        assertThatThrownBy(() -> ledger.answered(tag)).isInstanceOf(ProtocolException.class);
    }

    @ParameterizedTest
    @ValueSource(bytes = {BackendTag.DATA_ROW, BackendTag.PARSE_COMPLETE, BackendTag.READY_FOR_QUERY})
    void replyToAnotherMessageIsAViolation(byte tag) {
        ledger.sent(FrontendTag.BIND);
        ledger.sent(FrontendTag.SYNC);
        assertThatThrownBy(() -> ledger.answered(tag)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void theWaitBeforeARequestIsAnsweredBeforeIt() throws Exception {
        ledger.sent(Mark.OWN_WAIT);
        ledger.sent(FrontendTag.PARSE, S1);
        assertThat(ledger.isClientsTurn()).as("the wait is awaited").isFalse();
        assertThat(ledger.isAnsweringWait()).isTrue();
        assertThat(ledger.isAnsweringOwn()).isTrue();
        for (byte tag : new byte[] {
            BackendTag.ROW_DESCRIPTION, BackendTag.DATA_ROW, BackendTag.COMMAND_COMPLETE, BackendTag.READY_FOR_QUERY
        }) {
            assertThat(ledger.answered(tag)).isEqualTo(Mark.OWN_WAIT);
        }
        assertThat(ledger.isAnsweringWait()).isFalse();
        assertThat(ledger.isClientsTurn()).isTrue();
        assertThat(ledger.answered(BackendTag.PARSE_COMPLETE)).isEqualTo(FrontendTag.PARSE);
    }

    @Test
    void anErrorOfTheWaitSkipsNothing() throws Exception {
        ledger.sent(Mark.OWN_WAIT);
        ledger.sent(FrontendTag.BIND);
        assertThat(ledger.failed()).isEqualTo(Mark.OWN_WAIT);
        assertThat(ledger.isSkipping()).isFalse();
        assertThat(ledger.answered(BackendTag.READY_FOR_QUERY)).isEqualTo(Mark.OWN_WAIT);
        assertThat(ledger.answered(BackendTag.BIND_COMPLETE)).isEqualTo(FrontendTag.BIND);
    }

    @Test
    void anyNumberOfMessagesIsKept() throws Exception {
        for (int i = 0; i < 1000; i++) {
            ledger.sent(FrontendTag.BIND);
            ledger.sent(FrontendTag.BIND);
            ledger.answered(BackendTag.BIND_COMPLETE);
        }
        ledger.sent(FrontendTag.SYNC);
        for (int i = 0; i < 1000; i++) {
            assertThat(ledger.isClientsTurn()).isFalse();
            ledger.answered(BackendTag.BIND_COMPLETE);
        }
        assertThat(ledger.answered(BackendTag.READY_FOR_QUERY)).isEqualTo(FrontendTag.SYNC);
        assertThat(ledger.isSettled()).isTrue();
    }
}
