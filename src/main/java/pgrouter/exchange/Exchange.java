package pgrouter.exchange;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;
import pgrouter.request.ServerStatements;
import pgrouter.request.Statement;
import pgrouter.routing.Refusal;
import pgrouter.routing.StateTraits;

/**
 * The present request on one server connection, and its reply: the unanswered messages, the state of the server's
 * process that follows from them, and the {@link Reply} under construction. The client thread sends while another
 * thread may read. The lock is the exchange's own. Each method but {@link #lock}, {@link #unlock} and {@link #locked}
 * needs it, and so does each object that is reached through one.
 */
final class Exchange {
    private final ReentrantLock lock = new ReentrantLock();
    private final ServerStatements statements;
    private final PendingReplies pending = new PendingReplies();
    private final ReplyBuilder reply = new ReplyBuilder(pending);
    private final Descriptions descriptions;
    private final OwnAnswer answer;
    private final OwnErrors ownErrors = new OwnErrors();
    private final LoginChange loginChange = new LoginChange();

    /** Whether the sent messages may write although no command tag will show it. */
    private boolean mayWrite;

    /** Whether a parameter that the server reports may be one that the client has set, or the end of such a setting. */
    private boolean mayReport;

    Exchange(ServerStatements statements) {
        this.statements = statements;
        this.descriptions = new Descriptions(statements);
        this.answer = new OwnAnswer(statements.memory());
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** Runs a function with the lock. A constant function allocates nothing. */
    <T> T locked(Function<Exchange, T> question) {
        lock.lock();
        try {
            return question.apply(this);
        } finally {
            lock.unlock();
        }
    }

    private void needsLock() {
        assert lock.isHeldByCurrentThread() : "the lock of the exchange";
    }

    /**
     * Begins a request.
     *
     * @param already how many messages of its reply the client has from another server
     * @param writes whether it may write although no command tag will show it
     */
    void begin(int already, boolean writes) {
        begin(Delivery.FORWARD, already, false);
        mayWrite = writes;
    }

    /**
     * Begins a request whose reply is kept until it can no longer be a refusal.
     *
     * @param already how many messages of its reply the client has from another server
     * @param readOnly whether the client itself wants to do nothing that a standby would refuse: a refusal is then
     * the answer
     * @param checked whether the reply counts only where {@link #verify} was called for it
     */
    void beginHeld(int already, boolean readOnly, boolean checked) {
        begin(Delivery.held(readOnly), already, checked);
        mayWrite = false;
    }

    private void begin(Delivery way, int already, boolean checked) {
        needsLock();
        reply.begin(way, already, checked);
        descriptions.restart();
    }

    /** Begins messages of pgrouter's own. */
    void beginOwn() {
        beginOwn(Delivery.DISCARD);
        answer.forget();
    }

    /** Begins a question of pgrouter's own. Its answer is kept. */
    void beginQuestion() {
        beginOwn(Delivery.COLLECT);
        answer.begin();
    }

    private void beginOwn(Delivery way) {
        needsLock();
        reply.beginOwn(way);
        descriptions.restart();
    }

    /** Notes a message of which nothing has to be remembered. */
    void send(byte mark) {
        needsLock();
        reply.sending();
        if (mark == PendingReplies.OWN_QUERY) {
            statements.unnamedDroppedHere();
        }
        pending.sent(mark);
        reply.sent();
    }

    /** Notes a Parse, Describe or Close. */
    void send(byte mark, Statement statement) {
        needsLock();
        reply.sending();
        pending.sent(mark, statement);
        reply.sent();
    }

    /** Notes the question whether the functions of the request are the ones that were assessed. */
    void verify(String expected) {
        reply.verification().ask(expected);
        send(PendingReplies.OWN_CHECK);
    }

    /** Notes a Parse of pgrouter's own that is to fail. The client gets this error instead. */
    void fails(ErrorResponse words) {
        ownErrors.expect(words);
        send(PendingReplies.OWN_FAILURE);
    }

    /** From now on a substitute may stand for a statement that has changed. */
    void standsIn() {
        needsLock();
        ownErrors.standIn();
    }

    /** Notes what a request may do to the session: its transaction may change a parameter that the server reports. */
    void sends(StateTraits state) {
        needsLock();
        mayReport |= state.has(StateTraits.MAY_REPORT);
    }

    /** The rest of the request may write although no command tag will show it. */
    void mayWriteToo() {
        needsLock();
        mayWrite = true;
    }

    boolean mayWrite() {
        needsLock();
        return mayWrite;
    }

    boolean mayReport() {
        needsLock();
        return mayReport;
    }

    /**
     * Handles a message of a reply that is neither an error nor ReadyForQuery.
     *
     * @return whether the client is to see it
     */
    boolean answered(byte tag) throws ProtocolException {
        needsLock();
        byte mark = pending.answered(tag);
        boolean isOwn = PendingReplies.isOwn(mark);
        boolean isSeen = !isOwn && reply.delivered().isNew(tag);
        switch (tag) {
            case BackendTag.PARSE_COMPLETE -> parsed(mark);
            case BackendTag.CLOSE_COMPLETE -> closed(mark);
            case BackendTag.COMMAND_COMPLETE -> completed(isOwn);
            case BackendTag.PARAMETER_DESCRIPTION -> descriptions.begin(tag, isOwn, isSeen);
            case BackendTag.ROW_DESCRIPTION, BackendTag.NO_DATA -> {
                if (PendingReplies.isDescribe(mark)) {
                    descriptions.begin(tag, isOwn, isSeen, pending.statement());
                }
            }
            default -> {}
        }
        return isSeen;
    }

    private void parsed(byte mark) {
        if (mark == PendingReplies.OWN_PARSE) {
            statements.caughtUp(pending.statement());
        } else {
            statements.parsed(pending.statement());
        }
    }

    private void closed(byte mark) {
        if (mark == PendingReplies.OWN_CLOSE) {
            statements.dropped(pending.statement());
        } else if (mark == FrontendTag.CLOSE) {
            statements.closed(pending.statement());
        }
    }

    private void completed(boolean isOwn) {
        if (!isOwn) {
            reply.shows(Effect.COMPLETED);
        }
    }

    /** Notes that a transaction has committed. */
    void committed() {
        needsLock();
        reply.shows(Effect.COMMITTED);
        loginChange.committed();
    }

    /** Notes that DEALLOCATE ALL has succeeded. */
    void deallocatedAll() {
        needsLock();
        statements.deallocatedAll();
    }

    /**
     * Handles an error that leaves the connection open.
     *
     * @return whether the client is to see it, should the reply be released
     */
    boolean failed(ErrorResponse error) {
        needsLock();
        if (pending.isParsingUnnamed()) {
            statements.unnamedDropped();
        }
        descriptions.failed();
        Optional<ErrorResponse> ownWords = ownWords(error);
        byte mark = pending.failed();
        if (mark == PendingReplies.OWN_CHECK) {
            reply.verification().failed();
            return false;
        }
        boolean isPgrouters = ownWords.isPresent() || (mark != 0 && PendingReplies.isOwn(mark));
        reply.failed(new FirstError(
                isPgrouters ? Refusal.SECOND_OPINION : refusal(error),
                ownWords.orElse(error).sqlState()));
        boolean isHidden = mark == PendingReplies.OWN_QUERY || mark == PendingReplies.OWN_FAILURE;
        return !reply.isOwn() && !isHidden;
    }

    /**
     * Only the writer may report an error of functions that are not verified yet, unless a cancel request or a
     * timeout has caused the error.
     */
    private Refusal refusal(ErrorResponse error) {
        Refusal known = Refusal.of(error.sqlState(), error.routine());
        boolean cancelled = error.sqlState().equals(SqlState.QUERY_CANCELED);
        boolean isUnchecked = reply.verification().isMissing();
        return known == Refusal.NONE && isUnchecked && !cancelled ? Refusal.SECOND_OPINION : known;
    }

    /** Returns the error that the client gets instead of one that pgrouter has caused on the server; empty where it has not. */
    Optional<ErrorResponse> ownWords(ErrorResponse error) {
        needsLock();
        return ownErrors.words(error, pending.isFailing());
    }

    /** @return whether the client is to see the ReadyForQuery */
    boolean ready(byte status) throws ProtocolException {
        needsLock();
        byte mark = pending.answered(BackendTag.READY_FOR_QUERY);
        boolean isOwn = PendingReplies.isOwn(mark);
        if (mark == FrontendTag.QUERY) {
            statements.unnamedDropped();
        }
        reply.ready(status, isOwn);
        if (status == 'I') {
            loginChange.ended();
            mayReport = false;
        }
        if (mark == PendingReplies.OWN_CHECK) {
            reply.verified();
        }
        return !isOwn;
    }

    /** Whether a message that the client does not see is part of an answer that pgrouter waits for. */
    boolean isListening() {
        needsLock();
        return pending.isAnsweringCheck() || (reply.isOwn() && answer.isAwaited());
    }

    void hear(byte[] bytes, int offset, int length) {
        needsLock();
        if (reply.isOwn()) {
            answer.hear(bytes, offset, length);
        } else {
            reply.verification().hear(bytes, offset, length);
        }
    }

    /** The client has all that has come, or it was dropped where the standby has refused. */
    void released(Verdict verdict) {
        needsLock();
        if (verdict == Verdict.REFUSED) {
            statements.revert();
        } else {
            statements.confirm();
            reply.released();
        }
    }

    /** The connection has ended, with this error where the client does not have it. */
    void lost(Optional<ErrorResponse> unseen) {
        needsLock();
        loginChange.ended();
        reply.lost(unseen);
    }

    /** The side that goes on with the request. */
    Turn turn() {
        needsLock();
        if (!reply.isOpen()) {
            return Turn.SETTLED;
        }
        if (!pending.isClientsTurn()) {
            return Turn.SERVER;
        }
        if (pending.isCopying()) {
            return Turn.CLIENT_COPIES;
        }
        return pending.isSkipping() ? Turn.CLIENT_SKIPS : Turn.CLIENT;
    }

    /** Whether the request is settled, or another server has it. */
    boolean isDecided() {
        needsLock();
        return !reply.isOpen() || reply.isWithdrawn();
    }

    /** Whether the present message answers one of pgrouter's own. */
    boolean isAnsweringOwn() {
        needsLock();
        return reply.isOwn() || pending.isAnsweringOwn();
    }

    /** Whether a description is awaited by which pgrouter compares a statement with the description that the client has. */
    boolean isComparing() {
        needsLock();
        return pending.awaitsOwnDescription();
    }

    ReplyBuilder reply() {
        needsLock();
        return reply;
    }

    PendingReplies pending() {
        needsLock();
        return pending;
    }

    Descriptions descriptions() {
        needsLock();
        return descriptions;
    }

    OwnAnswer answer() {
        needsLock();
        return answer;
    }

    LoginChange loginChange() {
        needsLock();
        return loginChange;
    }

    ServerStatements statements() {
        needsLock();
        return statements;
    }
}
