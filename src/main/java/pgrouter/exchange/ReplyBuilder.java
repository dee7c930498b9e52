package pgrouter.exchange;

import java.util.Optional;
import pgrouter.protocol.ErrorResponse;
import pgrouter.routing.Refusal;

/**
 * The {@link Reply} to the present request as far as it has come: the delivery of its messages, the effects that they
 * have shown, and its end. Part of an {@link Exchange}, and guarded by its lock.
 */
final class ReplyBuilder {
    private final PendingReplies pending;
    private final Delivered delivered = new Delivered();
    private final Verification verification = new Verification();
    private final ReplayWait replayWait = new ReplayWait();

    private Delivery delivery = Delivery.FORWARD;
    private Sent sent = Sent.NOTHING;
    private Effects effects = Effects.NONE;
    private FirstError firstError = FirstError.NONE;
    private End end = End.NONE;
    private byte transactionStatus = 'I';

    /** Whether ReadyForQuery has come. */
    private boolean ready;

    /** Null while the server has the turn. */
    private Reply reply = Reply.Complete.of(transactionStatus, effects);

    /** The part of the present request that was sent. */
    private enum Sent {
        NOTHING,
        /** Messages that do not give the server the turn: no thread waits for the whole answer. */
        PART,
        /** Messages of which the last one has given the server the turn. */
        TURN
    }

    ReplyBuilder(PendingReplies pending) {
        this.pending = pending;
    }

    /**
     * Begins a request.
     *
     * @param already how many messages of its reply the client has from another server
     * @param checked whether the reply counts only where its functions are verified
     */
    void begin(Delivery way, int already, boolean checked) {
        effects = Effects.NONE;
        delivered.begin(already);
        verification.begin(checked);
        beginOwn(way);
    }

    /** Begins messages of pgrouter's own. The effects that the reply to the client's request has shown remain. */
    void beginOwn(Delivery way) {
        delivery = way;
        sent = Sent.NOTHING;
        ready = false;
        replayWait.begin();
        firstError = FirstError.NONE;
        reply = end.isHere() ? lostReply() : null;
    }

    /** A message is sent. */
    void sending() {
        if (reply instanceof Reply.Partial) {
            reply = null;
        }
    }

    /** A message was sent, and is noted among the pending ones. */
    void sent() {
        sent = pending.isClientsTurn() ? Sent.PART : Sent.TURN;
    }

    /**
     * Another server gets the request.
     *
     * @return false where it is too late: the client has the reply, or the request is settled
     */
    boolean withdraw() {
        boolean inTime = delivery.isHeld() && isOpen();
        delivery = inTime ? Delivery.WITHDRAW : delivery;
        return inTime;
    }

    /** Notes an effect. The replies to pgrouter's own messages show no effects of the client's request. */
    void shows(Effect effect) {
        if (!delivery.isOwn()) {
            effects = effects.with(effect);
        }
    }

    /** Notes an error. */
    void failed(FirstError error) {
        delivered.failed();
        shows(Effect.FAILED);
        firstError = firstError.isNone() ? error : firstError;
    }

    /**
     * Notes ReadyForQuery.
     *
     * @param isOwn whether it answers a message of pgrouter's own
     */
    void ready(byte status, boolean isOwn) {
        ready |= delivery.isOwn() || !isOwn || (delivery == Delivery.WITHDRAW && pending.isSettled());
        transactionStatus = status;
    }

    /** Notes the answer of the {@link Verification}. */
    void verified() {
        verification.answered();
        if (verification.differs()) {
            shows(Effect.FAILED);
            firstError = firstError.isRefusal() ? firstError : FirstError.OTHER_FUNCTIONS;
        }
    }

    /**
     * Notes the answer of the {@link ReplayWait}. A server that is late answers the request, and nobody gets that. From
     * then on the server has the turn only by what was sent after the wait.
     */
    void replayed() {
        replayWait.answered();
        if (replayWait.isLate()) {
            delivery = Delivery.WITHDRAW;
        } else if (sent != Sent.NOTHING) {
            sent();
        }
    }

    /** Returns the verdict, for the thread that reads, when it has handled all that came. */
    Verdict verdict() {
        if (replayWait.isLate()) {
            return isOpen() || pending.isSettled() ? Verdict.REFUSED : Verdict.PENDING;
        }
        if (sent == Sent.NOTHING || !isOpen() || verification.isPending() || replayWait.isPending()) {
            return Verdict.PENDING;
        }
        boolean failedForGood = ready || (pending.isSkipping() && pending.isClientsTurn());
        if (delivery.isHeld() && (isWithdrawn() || firstError.isRefusal()) && failedForGood) {
            return Verdict.REFUSED;
        }
        if (ready && pending.isSettled()) {
            return Verdict.COMPLETE;
        }
        return pending.isClientsTurn() && !isHeldInPause() ? Verdict.PARTIAL : Verdict.PENDING;
    }

    /**
     * Whether the reply is kept in a pause. Without Sync or Flush a server sends what fills its buffer, and a refusal
     * may follow. Only an error ends this.
     */
    private boolean isHeldInPause() {
        return delivery.isHeld() && sent == Sent.PART && !pending.isSkipping() && !pending.isCopying();
    }

    /** The reply cannot be kept any longer: the next messages go to the client. */
    void release() {
        delivery = delivery.released();
    }

    /**
     * The client has all that has come. A reply with more than the answers to Parse, Bind, Describe and Close is not
     * kept any more.
     */
    void released() {
        delivered.released();
        if (!delivered.isPreparationOnly()) {
            release();
        }
    }

    /** Concludes the reply by its verdict, unless the client has sent more since then, while messages were written. */
    void conclude(Verdict verdict) {
        boolean holds = switch (verdict) {
            case PENDING -> false;
            case PARTIAL -> pending.isClientsTurn();
            case COMPLETE -> pending.isSettled();
            case REFUSED -> isOpen();
        };
        if (holds) {
            reply = replyOf(verdict);
        }
    }

    private Reply replyOf(Verdict verdict) {
        return switch (verdict) {
            case COMPLETE -> Reply.Complete.of(transactionStatus, delivery.isOwn() ? ownEffects() : shownEffects());
            case REFUSED ->
                replayWait.isLate()
                        ? new Reply.Withdrawn(delivered.count())
                        : new Reply.Refused(firstError.refusal(), firstError.sqlState(), delivered.count());
            case PARTIAL, PENDING -> partial();
        };
    }

    private Effects ownEffects() {
        return hasFailed() ? Effects.NONE.with(Effect.FAILED) : Effects.NONE;
    }

    private Effects shownEffects() {
        return firstError.refusal() == Refusal.REDIRECT ? effects.with(Effect.REFUSED) : effects;
    }

    private Reply.Partial partial() {
        return new Reply.Partial(delivery.isHeld(), pending.isSkipping());
    }

    /** The connection ends with an error for the client. */
    void passesLastWords() {
        release();
        end = end.told();
    }

    /** The connection has ended, with this error where the client does not have it. Answered parts stay answered. */
    void lost(Optional<ErrorResponse> unseen) {
        end = end.come(unseen);
        if (isOpen()) {
            reply = lostReply();
        }
    }

    /** The same, whatever has become of the request before. Empty while the connection is there. */
    Optional<Reply.Lost> loss() {
        return end.isHere() ? Optional.of(lostReply()) : Optional.empty();
    }

    private Reply.Lost lostReply() {
        return new Reply.Lost(
                end.words(),
                end.isTold(),
                delivery.isHeld(),
                pending.isCopying(),
                hasFailed(),
                effects,
                delivered.count());
    }

    /** The client is gone, and with it the connection: the result of the request does not matter any more. */
    void deserted() {
        end = end.come(end.words());
        if (isOpen()) {
            reply = new Reply.Deserted(effects);
        }
    }

    /** Returns the effects that the reply has shown so far. */
    Effects effects() {
        return effects;
    }

    /** The reply where it has ended, or the client has the turn; null where the server has it. */
    Reply replyOrNull() {
        return reply;
    }

    /** The same; as far as it has come, where no thread waits for more. */
    Reply replyNow() {
        return reply == null ? partial() : reply;
    }

    boolean isPending() {
        return reply == null;
    }

    /** Whether a request is under way: not answered, refused or lost. */
    boolean isOpen() {
        return reply == null || reply instanceof Reply.Partial;
    }

    /** Whether the client does not see the answers to messages that are sent from now on. */
    boolean isGivenUp() {
        return isWithdrawn() || !(isOpen() || reply instanceof Reply.Complete);
    }

    boolean isWithdrawn() {
        return delivery == Delivery.WITHDRAW;
    }

    /** Whether the reply is kept for now. */
    boolean isHeld() {
        return delivery.isHeld();
    }

    /** Whether the messages that were begun last are pgrouter's own. */
    boolean isOwn() {
        return delivery.isOwn();
    }

    /** Whether a message that comes now is part of a reply that the client waits for. */
    boolean isForClient() {
        return isOpen() && !delivery.isOwn();
    }

    /** Whether an error has come since the messages that were begun last. */
    boolean hasFailed() {
        return !firstError.isNone();
    }

    FirstError firstError() {
        return firstError;
    }

    /** Whether the first error is a refusal although the client has a part of the reply. */
    boolean isRefusedLate() {
        return delivery == Delivery.FORWARD_READ && firstError.refusal() == Refusal.REDIRECT;
    }

    End end() {
        return end;
    }

    Delivered delivered() {
        return delivered;
    }

    Verification verification() {
        return verification;
    }

    ReplayWait replayWait() {
        return replayWait;
    }

    /** I, T or E: the last ReadyForQuery. */
    byte transactionStatus() {
        return transactionStatus;
    }
}
