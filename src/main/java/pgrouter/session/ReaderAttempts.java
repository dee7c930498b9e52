package pgrouter.session;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import pgrouter.client.SessionException;
import pgrouter.config.Address;
import pgrouter.exchange.Relay;
import pgrouter.exchange.Reply;
import pgrouter.request.Request;
import pgrouter.routing.ReadPosition;
import pgrouter.routing.Traits;

/**
 * Asks standbys for a read until one has answered or refused, each at most once. A read that may have ended a standby's process is for
 * one more standby at most. Client thread only.
 */
final class ReaderAttempts {
    /** How long a read whose standby has crashed waits for another one. */
    private static final Duration ANOTHER_READER = Duration.ofSeconds(1);

    private final Services services;
    private final Pipes pipes;
    private final Request request;
    private final SessionState state;
    private final RequestRouter router;
    private final ReaderAttempt attempt;

    /** Nodes that have failed the present read. */
    private Set<Address> failed = Set.of();

    private Casualties casualties = Casualties.NONE;

    /** How many messages of the reply the client has from standbys that are gone. */
    private int delivered;

    ReaderAttempts(
            Services services,
            Pipes pipes,
            Request request,
            SessionState state,
            RequestRouter router,
            ReaderAttempt attempt) {
        this.services = services;
        this.pipes = pipes;
        this.request = request;
        this.state = state;
        this.router = router;
        this.attempt = attempt;
    }

    ReadResult read() throws IOException, SessionException, InterruptedException {
        failed = Set.of();
        casualties = Casualties.NONE;
        delivered = 0;
        ReadPosition needed = router.needed();
        while (!pipes.client().isGone()) {
            Optional<Relay> reader = casualties.isNone() ? pipes.reader(needed, failed) : anotherReader(needed);
            if (reader.isEmpty()) {
                return casualties.isNone() ? new ReadResult.NoReader(delivered) : new ReadResult.GivenUp(casualties);
            }
            Optional<ReadResult> result = ask(reader.get());
            if (result.isPresent()) {
                return result.get();
            }
            pipes.dropReader();
            if (casualties.areEnough()) {
                return new ReadResult.GivenUp(casualties);
            }
        }
        return new ReadResult.ClientGone();
    }

    /** @return empty where the standby has failed, and another one may be asked */
    private Optional<ReadResult> ask(Relay reader) throws IOException, SessionException, InterruptedException {
        if (!state.giveTo(reader)) {
            failed(reader);
            return Optional.empty();
        }
        Reply reply = attempt.at(reader, delivered);
        return switch (reply) {
            case Reply.Complete complete -> Optional.of(new ReadResult.Answered(reader, complete));
            case Reply.Refused refused -> Optional.of(unlessCrashed(new ReadResult.Refused(reader, refused)));
            case Reply.Withdrawn withdrawn -> Optional.of(unlessCrashed(new ReadResult.Moves(reader, withdrawn)));
            case Reply.Deserted deserted -> Optional.of(new ReadResult.Deserted(reader, deserted));
            case Reply.Lost lost -> lost(reader, lost);
            case Reply.Partial partial -> throw new AssertionError("the client has the turn");
        };
    }

    /** A read that may have ended another standby's process is never the primary's. */
    private ReadResult unlessCrashed(ReadResult atWriter) {
        return casualties.isNone() ? atWriter : new ReadResult.GivenUp(casualties);
    }

    private Optional<ReadResult> lost(Relay reader, Reply.Lost lost) {
        if (pipes.areDeserted()) {
            return Optional.of(new ReadResult.Deserted(reader, new Reply.Deserted(lost.effects())));
        }
        services.clock().hurry();
        if (!lost.held() || request.isBrokenOff()) {
            return Optional.of(new ReadResult.Lost(reader, lost));
        }
        delivered = lost.delivered();
        if (!casualties.isNone() || mayHaveCrashed(reader, lost)) {
            casualties = casualties.with(reader.address());
        }
        failed(reader);
        return Optional.empty();
    }

    private void failed(Relay reader) {
        Set<Address> more = new HashSet<>(failed);
        more.add(reader.address());
        failed = more;
    }

    /**
     * Whether the request may be what has ended the standby's process: it ran, and does more than to begin a transaction or to take
     * state away.
     */
    private boolean mayHaveCrashed(Relay reader, Reply.Lost lost) {
        boolean harmless = request.isOnlyOpening() || request.isOnly(Traits.RESETS);
        return attempt.hasRun() && !harmless && !reader.isCut() && lost.isCrash();
    }

    /** A standby that will soon be far enough is waited for: there is no primary to ask instead. */
    private Optional<Relay> anotherReader(ReadPosition needed) throws SessionException, InterruptedException {
        long deadline = System.nanoTime() + ANOTHER_READER.toNanos();
        Optional<Relay> reader = pipes.reader(needed, failed);
        for (long left = ANOTHER_READER.toNanos();
                left > 0 && reader.isEmpty() && isThereAnother();
                left = deadline - System.nanoTime()) {
            services.clock().await(Duration.ofNanos(left));
            reader = pipes.reader(needed, failed);
        }
        return reader;
    }

    private boolean isThereAnother() {
        return !services.cluster().view().without(failed).suitableReaders().isEmpty();
    }
}
