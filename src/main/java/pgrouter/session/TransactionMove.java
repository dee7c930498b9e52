package pgrouter.session;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pgrouter.client.SessionException;
import pgrouter.config.Address;
import pgrouter.exchange.Digest;
import pgrouter.exchange.Effect;
import pgrouter.exchange.Relay;
import pgrouter.exchange.Reply;
import pgrouter.exchange.Rerun;
import pgrouter.pool.NoPrimaryException;
import pgrouter.protocol.FrontendMessage;
import pgrouter.request.Request;
import pgrouter.routing.ReadPosition;
import pgrouter.routing.StateTraits;
import pgrouter.routing.Traits;

/** Moves the client's transaction from a standby to the writer, and creates a failed transaction. Client thread only. */
final class TransactionMove {
    /** The traits of a request that wants to make a standby's transaction one of the primary. */
    private static final long ADJUSTS = Traits.ADJUSTS_TRANSACTION | Traits.EXPORTS_SNAPSHOT;

    /** A statement that fails. */
    private static final byte[] FAILING = FrontendMessage.query("SELECT 1/0");

    private static final byte[] ROLLBACK = FrontendMessage.query("ROLLBACK");

    private final Servers servers;
    private final StateTracker state;
    private final Request request;

    TransactionMove(Servers servers, StateTracker state, Request request) {
        this.servers = servers;
        this.state = state;
        this.request = request;
    }

    /**
     * Whether the end of the request may show that a transaction of a standby goes on elsewhere: that it reads what the
     * standby lacks, or changes the characteristics of the transaction before its first read.
     */
    boolean mayFollow(Transaction.Open open) {
        boolean undecided = open.canMove() && !Traits.has(request.traits(), Traits.READS);
        return undecided || (open.isAtReader() && request.kind().beginsWithEnd());
    }

    /**
     * A snapshot that a standby exports is of no use to sessions that look for it on the primary, and this one is
     * taken already.
     */
    boolean isExportTooLate(Transaction.Open open) {
        return Traits.has(request.traits(), Traits.EXPORTS_SNAPSHOT)
                && open.isAtReader()
                && !open.isUntouched()
                && open.server().transactionStatus() == 'T';
    }

    /**
     * Moves a transaction before a request within it. A standby has opened the transaction, nothing was done in it
     * yet, and the client now wants characteristics that a standby does not have: it goes on as one of the writer. So
     * does what a request does after the end of a standby's transaction.
     */
    Transaction.Open before(Transaction.Open open) throws SessionException, InterruptedException, NoPrimaryException {
        if (open.isAtReader() && open.isUntouched() && Traits.has(request.traits(), ADJUSTS)) {
            return toWriter(open, open.opening().get().message());
        }
        return open.isAtReader() && request.kind().goesOnAfterEnd() ? endsAtWriter(open.server()) : open;
    }

    /**
     * After a failed transaction, AND CHAIN begins one with the session's own characteristics, not with those of the
     * failed one (measured on 15): it is not read-only, and so is the writer's.
     *
     * @param failedBefore whether the transaction had failed before the request
     */
    Transaction.Open after(Transaction.Open open, boolean failedBefore, Reply.Complete reply)
            throws SessionException, InterruptedException, NoPrimaryException {
        boolean chained = Traits.has(request.traits(), Traits.CHAINS) && reply.status() == 'T';
        boolean failed = failedBefore || reply.effects().has(Effect.FAILED);
        return open.isAtReader() && chained && failed && !state.isReadOnlyByDefault()
                ? toWriter(open, FrontendMessage.query("BEGIN"))
                : open;
    }

    private Transaction.Open toWriter(Transaction.Open open, byte[] begin)
            throws SessionException, InterruptedException, NoPrimaryException {
        Relay writer = state.writer();
        if (!writer.own().run(begin)) {
            return open;
        }
        if (!open.server().own().run(ROLLBACK)) {
            servers.dropReader();
        }
        return Transaction.Open.on(writer);
    }

    /** Ends the standby's transaction, so that the client ends one on the writer that is in the same state. */
    private Transaction.Open endsAtWriter(Relay reader)
            throws SessionException, InterruptedException, NoPrimaryException {
        boolean failed = reader.transactionStatus() == 'E';
        reader.own().run(failed ? ROLLBACK : FrontendMessage.query("COMMIT"));
        state.ended(reader, !failed);
        return opensAtWriter("BEGIN READ ONLY", failed);
    }

    /** Opens a transaction of the writer for what the client sends to end the one that it believes to be in. */
    private Transaction.Open opensAtWriter(String begin, boolean failed)
            throws SessionException, InterruptedException, NoPrimaryException {
        Relay writer = state.writer();
        writer.own().prepare(request.statements().references());
        writer.own().run(FrontendMessage.query(begin));
        if (failed) {
            writer.own().run(FAILING);
        }
        return Transaction.Open.on(writer);
    }

    /**
     * Runs an optimistic transaction again on the primary, where it goes on. The standby's is rolled back before. A
     * transaction of READ COMMITTED that wants to read may have read what has changed since: each of its statements
     * sees its own moment. It must not write after that.
     *
     * @throws ConflictException where it cannot go on, since the primary does not answer what the standby has answered
     */
    Transaction.Open rerun(Transaction.Optimistic open)
            throws SessionException, InterruptedException, NoPrimaryException, ConflictException {
        Address standby = open.standby().address();
        Transcript transcript = open.transcript();
        leave(open.standby());
        if (!transcript.isWhole()) {
            throw ConflictException.changed(standby);
        }
        Relay writer = state.writer();
        servers.working(writer);
        Optional<Rerun.Result> result = writer.rerun().run(transcript.requests());
        if (result.isEmpty() || writer.transactionStatus() == 'I') {
            giveUp(writer);
            throw ConflictException.lost(writer.address());
        }
        boolean same = result.get().digest().equals(transcript.digest());
        if (!same && !mayReadOn(writer, result.get(), transcript.digest())) {
            giveUp(writer);
            throw result.get()
                    .interruption()
                    .map(ConflictException::interrupted)
                    .orElseGet(() -> ConflictException.changed(standby));
        }
        if (open.failed() && writer.transactionStatus() == 'T') {
            writer.own().run(FAILING);
        }
        return new Transaction.Open(
                writer,
                Optional.empty(),
                writer.transactionStatus() == 'E',
                same ? Optional.empty() : Optional.of(standby));
    }

    /**
     * Runs an optimistic transaction again on another standby, since its own was lost.
     *
     * @throws ConflictException where the other one does not answer the same
     */
    void rerun(Transaction.Optimistic open, Relay another) throws InterruptedException, ConflictException {
        Transcript transcript = open.transcript();
        servers.working(another);
        boolean same = transcript.isWhole()
                && another.rerun()
                        .run(transcript.requests())
                        .filter(result -> result.digest().equals(transcript.digest()))
                        .isPresent();
        if (!same) {
            leave(another);
            throw ConflictException.changed(open.standby().address());
        }
    }

    private void giveUp(Relay writer) throws InterruptedException {
        if (!writer.hasEnded()) {
            writer.own().undo();
        }
    }

    /** Whether only rows differ, in a transaction whose statements each have a snapshot of their own. */
    private boolean mayReadOn(Relay writer, Rerun.Result result, Digest before) throws InterruptedException {
        boolean onlyRows = result.digest().course() == before.course()
                && !before.suspended()
                && result.interruption().isEmpty()
                && !writes(request);
        return onlyRows && writer.transactionStatus() == 'T' && isReadCommitted(writer);
    }

    /** Whether each statement of a server's transaction sees its own moment. */
    static boolean isReadCommitted(Relay server) throws InterruptedException {
        Optional<List<List<Optional<String>>>> rows = server.own()
                .ask("SELECT pg_catalog.current_setting('transaction_isolation')\0".getBytes(StandardCharsets.UTF_8));
        return rows.filter(all -> all.equals(List.of(List.of(Optional.of("read committed")))))
                .isPresent();
    }

    /** Whether a request may write, or lock what others want to write. */
    private static boolean writes(Request request) {
        return Traits.has(request.traits(), Traits.WRITER | Traits.MAY_WRITE | Traits.CALLS | Traits.UNKNOWN_FUNCTION)
                || !request.state().without(StateTraits.LOCAL_SETTINGS).isNone()
                || request.isTooLarge()
                || request.end() == 0;
    }

    /**
     * A transaction goes on that has read what the primary does not answer any more.
     *
     * @throws ConflictException where it wants to write
     */
    void prove(Transaction.Open open) throws InterruptedException, ConflictException {
        boolean endsBefore = request.kind().beginsWithEnd();
        boolean shows = request.kind().isOnlyOwnSetting();
        if (open.unproved().isPresent() && writes(request) && !endsBefore && !shows) {
            giveUp(open.server());
            throw ConflictException.changed(open.unproved().get());
        }
    }

    /** The client ends its optimistic transaction, and may go on after that: so the primary gets one in the same state. */
    Transaction.Open endsAtWriter(Transaction.Optimistic open)
            throws SessionException, InterruptedException, NoPrimaryException {
        Relay standby = open.standby();
        boolean keeps = !open.failed() && standby.own().run(FrontendMessage.query("COMMIT"));
        leave(standby);
        if (standby.hasEnded()) {
            state.lost();
        } else {
            state.ended(standby, keeps);
        }
        return opensAtWriter("BEGIN", open.failed());
    }

    /** Rolls back what a standby has of the transaction, which goes on elsewhere. */
    void leave(Relay standby) throws InterruptedException {
        if (!standby.own().undo()) {
            servers.dropReader();
        }
    }

    /** Rolls a standby's transaction back. */
    void rollBack(Relay reader) throws SessionException, InterruptedException, NoPrimaryException {
        if (!reader.own().run(ROLLBACK)) {
            servers.dropReader();
        }
        state.ended(reader, false);
    }

    /**
     * Brings a server's process into a failed transaction, as the client believes its own to be: so PostgreSQL itself
     * answers.
     */
    Transaction.Open failed() throws SessionException, InterruptedException, NoPrimaryException {
        Optional<Relay> writer = servers.presentWriter();
        Optional<Relay> reader = writer.isPresent() ? Optional.empty() : servers.reader(ReadPosition.ANY, Set.of());
        Relay server = reader.filter(state::takesOver).isPresent() ? reader.get() : state.writer();
        server.own().prepare(request.statements().references());
        server.own().run(FrontendMessage.query("BEGIN"));
        server.own().run(FAILING);
        return Transaction.Open.failedOn(server);
    }
}
