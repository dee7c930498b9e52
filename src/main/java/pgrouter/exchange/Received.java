package pgrouter.exchange;

import java.util.Optional;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;
import pgrouter.request.ServerStatements;
import pgrouter.routing.Refusal;

/**
 * Handles the messages that the server has sent: what each one answers, and what follows from it for the statements of
 * the server's process and for the {@link Reply} under construction. Part of an {@link Exchange}, and guarded by its
 * lock.
 */
final class Received {
    private final PendingReplies pending;
    private final ReplyBuilder reply;
    private final ServerStatements statements;
    private final Descriptions descriptions;
    private final OwnErrors ownErrors;
    private final LoginChange loginChange;
    private final DataChange dataChange;
    private final SentTraits sentTraits;
    private final ReplyDigest digest;

    Received(
            PendingReplies pending,
            ReplyBuilder reply,
            ServerStatements statements,
            Descriptions descriptions,
            OwnErrors ownErrors,
            LoginChange loginChange,
            DataChange dataChange,
            SentTraits sentTraits,
            ReplyDigest digest) {
        this.pending = pending;
        this.reply = reply;
        this.statements = statements;
        this.descriptions = descriptions;
        this.ownErrors = ownErrors;
        this.loginChange = loginChange;
        this.dataChange = dataChange;
        this.sentTraits = sentTraits;
        this.digest = digest;
    }

    /**
     * Handles a message of a reply that is neither an error nor ReadyForQuery.
     *
     * @return whether the client is to see it
     */
    boolean answered(byte tag) throws ProtocolException {
        byte mark = pending.answered(tag);
        boolean isOwn = Mark.isOwn(mark);
        if (!isOwn) {
            digest.begins(tag);
        }
        boolean isSeen = !isOwn && !reply.isOwn() && reply.delivered().isNew(tag);
        switch (tag) {
            case BackendTag.PARSE_COMPLETE -> parsed(mark);
            case BackendTag.CLOSE_COMPLETE -> closed(mark);
            case BackendTag.COMMAND_COMPLETE -> completed(mark);
            case BackendTag.PARAMETER_DESCRIPTION -> descriptions.begin(tag, isOwn, isSeen);
            case BackendTag.ROW_DESCRIPTION, BackendTag.NO_DATA -> {
                if (Mark.isDescribe(mark)) {
                    descriptions.begin(tag, isOwn, isSeen, pending.statement());
                }
            }
            default -> {}
        }
        return isSeen;
    }

    private void parsed(byte mark) {
        if (mark == Mark.OWN_PARSE || reply.isOwn()) {
            statements.caughtUp(pending.statement());
        } else {
            statements.parsed(pending.statement());
        }
    }

    private void closed(byte mark) {
        if (mark == Mark.OWN_CLOSE || (mark == FrontendTag.CLOSE && reply.isOwn())) {
            statements.dropped(pending.statement());
        } else if (mark == FrontendTag.CLOSE) {
            statements.closed(pending.statement());
        }
    }

    /**
     * Outside a transaction block, the server commits the last command of a text before it tells that the command is
     * complete. It commits a command of the extended protocol at Sync.
     */
    private void completed(byte mark) {
        if (Mark.isOwn(mark)) {
            return;
        }
        reply.shows(Effect.COMPLETED);
        if (mark == FrontendTag.QUERY && reply.transactionStatus() == 'I') {
            dataChange.committed();
        }
    }

    /** Notes that a transaction has committed. */
    void committed() {
        reply.shows(Effect.COMMITTED);
        loginChange.committed();
        dataChange.committed();
    }

    /** Notes that DEALLOCATE ALL has succeeded. */
    void deallocatedAll() {
        statements.deallocatedAll();
    }

    /**
     * Handles an error that leaves the connection open.
     *
     * @return whether the client is to see it, should the reply be released
     */
    boolean failed(ErrorResponse error) {
        if (pending.isParsingUnnamed() && reply.isOwn()) {
            statements.unnamedDroppedHere();
        } else if (pending.isParsingUnnamed()) {
            statements.unnamedDropped();
        }
        descriptions.failed();
        Optional<ErrorResponse> ownWords = ownWords(error);
        byte mark = pending.failed();
        if (mark == Mark.OWN_CHECK) {
            reply.verification().failed();
            return false;
        }
        if (mark == Mark.OWN_WAIT) {
            reply.replayWait().failed(error.sqlState());
            return false;
        }
        if (!Mark.isOwn(mark)) {
            digest.fails(ownWords.orElse(error));
        }
        boolean isPgrouters = ownWords.isPresent() || (mark != 0 && Mark.isOwn(mark));
        reply.failed(new FirstError(
                isPgrouters ? Refusal.SECOND_OPINION : refusal(error),
                ownWords.orElse(error).sqlState()));
        boolean isHidden = mark == Mark.OWN_QUERY || mark == Mark.OWN_FAILURE;
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
        return ownErrors.words(error, pending.isFailing());
    }

    /** @return whether the client is to see the ReadyForQuery */
    boolean ready(byte status) throws ProtocolException {
        byte mark = pending.answered(BackendTag.READY_FOR_QUERY);
        if (mark == Mark.OWN_WAIT) {
            reply.replayed();
            return false;
        }
        boolean isOwn = Mark.isOwn(mark);
        if (mark == FrontendTag.QUERY && reply.isOwn()) {
            statements.unnamedDroppedHere();
        } else if (mark == FrontendTag.QUERY) {
            statements.unnamedDropped();
        }
        reply.ready(status, isOwn);
        if (!isOwn) {
            digest.ends(status);
            dataChange.answered(status);
        }
        if (status == 'I') {
            loginChange.ended();
            sentTraits.ended();
        }
        if (mark == Mark.OWN_CHECK) {
            reply.verified();
        }
        return !isOwn && !reply.isOwn();
    }
}
