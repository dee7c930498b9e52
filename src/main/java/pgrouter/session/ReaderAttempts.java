package pgrouter.session;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import pgrouter.client.SessionException;
import pgrouter.config.Address;
import pgrouter.exchange.Relay;
import pgrouter.exchange.ReplayAnswer;
import pgrouter.exchange.Reply;
import pgrouter.pool.PrimaryWait;
import pgrouter.request.Request;
import pgrouter.routing.ReadPosition;
import pgrouter.routing.StateTraits;
import pgrouter.routing.Traits;

/**
 * Sends a read to standbys until one has answered or refused, to each at most once. A read that may have ended a
 * standby's process goes to one more standby at most. Client thread only.
 */
final class ReaderAttempts {
    /** How long a read whose standby has crashed waits for another one. */
    private static final Duration ANOTHER_READER = Duration.ofSeconds(1);

    /** The traits of a request that begins or ends a transaction or a savepoint. */
    private static final long CONTROLS = Traits.CONTROLS_TRANSACTION | Traits.ENDS_FIRST | Traits.ROLLS_BACK;

    private final Services services;
    private final Servers servers;
    private final Request request;
    private final StateTracker state;
    private final RequestRouter router;
    private final ReaderAttempt attempt;
    private final TransactionMove move;

    /** The nodes that have failed the present read. */
    private Set<Address> failed = Set.of();

    private Casualties casualties = Casualties.NONE;

    /** The result of the last read that a standby has answered. */
    private Optional<ReadResult.Answered> answered = Optional.empty();

    /** How many messages of the reply the client has from standbys that are gone. */
    private int delivered;

    /** The wait of the present read for a primary. */
    private Optional<PrimaryWait> primaryWait = Optional.empty();

    ReaderAttempts(
            Services services,
            Servers servers,
            Request request,
            StateTracker state,
            RequestRouter router,
            ReaderAttempt attempt,
            TransactionMove move) {
        this.services = services;
        this.servers = servers;
        this.request = request;
        this.state = state;
        this.router = router;
        this.attempt = attempt;
        this.move = move;
    }

    /** A request begins, which no standby has failed. */
    void begin() {
        failed = Set.of();
        casualties = Casualties.NONE;
        delivered = 0;
        primaryWait = Optional.empty();
    }

    /**
     * Returns the wait of the present read for a primary, since no standby could answer it. It ends as soon as a standby
     * that has not failed it has what it must see.
     */
    PrimaryWait primaryWait() {
        if (primaryWait.isEmpty()) {
            primaryWait =
                    Optional.of(services.waitInSession(view -> servers.isReadable(router.needed(view), view, failed)));
        }
        return primaryWait.get();
    }

    ReadResult read() throws IOException, SessionException, InterruptedException {
        ReadPosition needed = router.needed();
        Optional<StandbyWait> wait = router.takeStandbyWait();
        while (!servers.client().isGone()) {
            Optional<Relay> reader = wait.isPresent() ? Optional.of(wait.get().standby()) : reader(needed);
            if (reader.isEmpty()) {
                return casualties.isNone() ? new ReadResult.NoReader(delivered) : new ReadResult.GivenUp(casualties);
            }
            ReadResult result = state.giveTo(reader.get()) ? onceOrNull(reader.get(), wait) : null;
            if (result != null) {
                return result;
            }
            wait = Optional.empty();
            failed(reader.get());
            servers.dropReader();
            if (casualties.areEnough()) {
                return new ReadResult.GivenUp(casualties);
            }
        }
        return new ReadResult.ClientGone();
    }

    private Optional<Relay> reader(ReadPosition needed) throws SessionException, InterruptedException {
        return casualties.isNone() ? servers.reader(needed, failed) : anotherReader();
    }

    /**
     * Sends a request to the standby of the client's optimistic transaction. Where it may have ended that standby's
     * process, the transaction goes on on one more standby at most.
     *
     * @throws ConflictException where that one does not answer what the first one has answered
     */
    ReadResult within(Transaction.Optimistic open)
            throws IOException, SessionException, InterruptedException, ConflictException {
        Relay standby = open.standby();
        ReadResult first = onceOrNull(standby, Optional.empty());
        if (first != null) {
            return first;
        }
        failed(standby);
        servers.dropReader();
        if (casualties.isNone()) {
            return new ReadResult.NoReader(delivered);
        }
        Optional<Relay> another = anotherReader();
        if (another.isEmpty() || !state.giveTo(another.get())) {
            return new ReadResult.GivenUp(casualties);
        }
        move.rerun(open, another.get());
        ReadResult second = onceOrNull(another.get(), Optional.empty());
        return second == null ? new ReadResult.GivenUp(casualties) : second;
    }

    /** Returns null where the standby was lost and another server may have the request. So the usual read allocates nothing. */
    private ReadResult onceOrNull(Relay standby, Optional<StandbyWait> wait)
            throws IOException, SessionException, InterruptedException {
        Reply reply = attempt.at(standby, delivered, wait);
        if (wait.isPresent()) {
            ReplayAnswer answer = standby.progress().replay();
            router.ended(wait.get(), answer);
            if (answer.isLate() && reply instanceof Reply.Withdrawn) {
                return new ReadResult.Late(wait.get());
            }
        }
        if (!(reply instanceof Reply.Lost lost && mayAskAnother(lost))) {
            return result(standby, reply);
        }
        delivered = lost.delivered();
        noteCasualty(standby, lost);
        return null;
    }

    /** Whether the client has nothing of the reply that another standby could not repeat. */
    private boolean mayAskAnother(Reply.Lost lost) {
        if (servers.areDeserted()) {
            return false;
        }
        services.probes().probeNow();
        return lost.held() && !request.isBrokenOff();
    }

    private ReadResult result(Relay reader, Reply reply) {
        return switch (reply) {
            case Reply.Complete complete -> answered(reader, complete);
            case Reply.Refused refused -> unlessCrashed(new ReadResult.Refused(reader, refused));
            case Reply.Withdrawn withdrawn -> unlessCrashed(new ReadResult.Moves(reader, withdrawn));
            case Reply.Deserted deserted -> new ReadResult.Deserted(reader, deserted);
            case Reply.Lost lost -> lost(reader, lost);
            case Reply.Partial partial -> throw new AssertionError("the client has the turn");
        };
    }

    /** Returns the last instance where nothing differs, which is the usual case: so it allocates nothing. */
    private ReadResult.Answered answered(Relay reader, Reply.Complete reply) {
        if (answered.isEmpty()
                || answered.get().reader() != reader
                || !answered.get().reply().equals(reply)) {
            answered = Optional.of(new ReadResult.Answered(reader, reply));
        }
        return answered.get();
    }

    /** The primary never runs a read that may have ended another standby's process. */
    private ReadResult unlessCrashed(ReadResult atWriter) {
        return casualties.isNone() ? atWriter : new ReadResult.GivenUp(casualties);
    }

    private ReadResult lost(Relay reader, Reply.Lost lost) {
        return servers.areDeserted()
                ? new ReadResult.Deserted(reader, new Reply.Deserted(lost.effects()))
                : new ReadResult.Lost(reader, lost);
    }

    private void noteCasualty(Relay reader, Reply.Lost lost) {
        noteCasualty(reader, lost, attempt.hasRun());
    }

    private void noteCasualty(Relay reader, Reply.Lost lost, boolean hasRun) {
        if (!casualties.isNone() || (hasRun && mayHaveCrashed(reader, lost))) {
            casualties = casualties.with(reader.address());
        }
    }

    private void failed(Relay reader) {
        Set<Address> more = new HashSet<>(failed);
        more.add(reader.address());
        failed = more;
    }

    /**
     * Whether the request may have ended the standby's process where it ran: it does more than begin a transaction or
     * take state away, or to control its transaction.
     */
    private boolean mayHaveCrashed(Relay reader, Reply.Lost lost) {
        boolean controls =
                Traits.has(request.traits(), Traits.CONTROLS_TRANSACTION) && !Traits.has(request.traits(), ~CONTROLS);
        boolean harmless =
                controls || request.kind().isOnlyOpening() || request.kind().isOnly(StateTraits.RESETS);
        return !harmless && !reader.isCut() && lost.isCrash();
    }

    /**
     * Returns a standby for a request that was lost with another one.
     *
     * @param hasRun whether the lost one may have run it
     */
    Optional<Relay> another(Relay lost, Reply.Lost reply, boolean hasRun)
            throws SessionException, InterruptedException {
        noteCasualty(lost, reply, hasRun);
        failed(lost);
        if (casualties.areEnough()) {
            return Optional.empty();
        }
        return reader(router.needed(services.cluster().view()));
    }

    /**
     * Notes the loss of a standby that was to give no answer, but has run the request.
     *
     * @return whether the request may be the reason: then only one more standby may run it
     */
    boolean mayHaveEnded(Relay standby, Reply.Lost loss) {
        failed(standby);
        noteCasualty(standby, loss, true);
        return isSuspected();
    }

    /** Whether the present request may have ended the process of a standby. */
    boolean isSuspected() {
        return !casualties.isNone();
    }

    /** Waits for a standby that will soon have replayed far enough: there is no primary to ask instead. */
    private Optional<Relay> anotherReader() throws SessionException, InterruptedException {
        long deadline = System.nanoTime() + ANOTHER_READER.toNanos();
        Optional<Relay> reader = untriedReader();
        for (long left = ANOTHER_READER.toNanos();
                left > 0 && reader.isEmpty() && isThereAnother();
                left = deadline - System.nanoTime()) {
            services.probes().await(Duration.ofNanos(left));
            reader = untriedReader();
        }
        return reader;
    }

    /** A standby that has replayed what the request must see, as far as that is known by now. */
    private Optional<Relay> untriedReader() throws SessionException, InterruptedException {
        return servers.reader(router.needed(services.cluster().view()), failed);
    }

    private boolean isThereAnother() {
        return !services.cluster().view().without(failed).suitableReaders().isEmpty();
    }
}
