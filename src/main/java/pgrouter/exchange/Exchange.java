package pgrouter.exchange;

import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import pgrouter.protocol.ErrorResponse;
import pgrouter.request.ServerStatements;
import pgrouter.request.Statement;

/**
 * The present request on one server connection, and its reply: the unanswered messages, the meaning of what is {@link
 * Received}, and the {@link Reply} under construction. The client thread sends while another
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
    private final DataChange dataChange = new DataChange();
    private final SentTraits sentTraits = new SentTraits();
    private final ReplyDigest digest = new ReplyDigest();
    private final Received received;

    Exchange(ServerStatements statements) {
        this.statements = statements;
        this.descriptions = new Descriptions(statements);
        this.answer = new OwnAnswer(statements.memory());
        this.received = new Received(
                pending, reply, statements, descriptions, ownErrors, loginChange, dataChange, sentTraits, digest);
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
     * @param asynchronous whether its commit may be acknowledged before its WAL is flushed
     */
    void begin(int already, boolean writes, boolean asynchronous) {
        begin(Delivery.FORWARD, already, false);
        dataChange.begin(writes, asynchronous);
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
        dataChange.begin(false, false);
    }

    private void begin(Delivery way, int already, boolean checked) {
        needsLock();
        digest.off();
        reply.begin(way, already, checked);
        descriptions.restart();
    }

    /** Begins requests of the client that another server has answered. Only the digest of the replies counts. */
    void beginRerun(BitSet inOrder) {
        beginOwn(Delivery.COMPARE);
        dataChange.begin(false, false);
        digest.begin(Digest.NONE, inOrder);
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
        digest.off();
        reply.beginOwn(way);
        descriptions.restart();
    }

    /** Notes a message of which nothing has to be remembered. */
    void send(byte mark) {
        needsLock();
        reply.sending();
        if (mark == Mark.OWN_QUERY || mark == Mark.OWN_WAIT) {
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

    /** Notes that the server is to wait for a position before it runs the request. */
    void awaitReplay() {
        reply.replayWait().ask();
        send(Mark.OWN_WAIT);
    }

    /** Notes the question whether the functions of the request are the ones that were assessed. */
    void verify(String expected) {
        reply.verification().ask(expected);
        send(Mark.OWN_CHECK);
    }

    /** Notes a Parse of pgrouter's own that is to fail. The client gets this error instead. */
    void fails(ErrorResponse words) {
        ownErrors.expect(words);
        send(Mark.OWN_FAILURE);
    }

    /** From now on a substitute may stand for a statement that has changed. */
    void standsIn() {
        needsLock();
        ownErrors.standIn();
    }

    /** Whether a message that the client does not see is part of an answer that pgrouter waits for. */
    boolean isListening() {
        needsLock();
        return pending.isAnsweringCheck() || pending.isAnsweringWait() || (reply.isOwn() && answer.isAwaited());
    }

    void hear(byte[] bytes, int offset, int length) {
        needsLock();
        if (reply.isOwn()) {
            answer.hear(bytes, offset, length);
        } else if (pending.isAnsweringWait()) {
            reply.replayWait().hear(bytes, offset, length);
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

    /** Handles the messages of the reply. */
    Received received() {
        needsLock();
        return received;
    }

    SentTraits sentTraits() {
        needsLock();
        return sentTraits;
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

    ReplyDigest digest() {
        needsLock();
        return digest;
    }

    DataChange dataChange() {
        needsLock();
        return dataChange;
    }

    ServerStatements statements() {
        needsLock();
        return statements;
    }
}
