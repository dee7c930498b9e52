package pgrouter.session;

import java.io.IOException;
import java.util.Optional;
import pgrouter.client.SessionException;
import pgrouter.exchange.Effect;
import pgrouter.exchange.Relay;
import pgrouter.exchange.Reply;
import pgrouter.exchange.Turn;
import pgrouter.net.Inbox;
import pgrouter.request.FunctionCalls;
import pgrouter.request.Request;
import pgrouter.request.RequestReader;
import pgrouter.request.RequestTimes;
import pgrouter.routing.FunctionCheck;
import pgrouter.routing.Traits;

/** Runs the present request on one standby. The reply is kept until it can no longer be a refusal. Client thread only. */
final class ReaderAttempt {
    private final Servers servers;
    private final Inbox inbox;
    private final Request request;
    private final RequestReader requests;
    private final RequestForwarder forwarder;
    private final RequestRouter router;
    private final RequestRun run;
    private final FunctionCalls calls;
    private final RequestTimes times;

    /** The fingerprint of the request at the time when a standby was asked. */
    private long askedAs;

    /** Whether the standby was connected when the last part of the request was sent, and did not only wait. */
    private boolean hasRun;

    ReaderAttempt(
            Servers servers, ClientRequests client, RequestForwarder forwarder, RequestRouter router, RequestRun run) {
        this.servers = servers;
        this.inbox = client.inbox();
        this.request = client.request();
        this.requests = client.reader();
        this.forwarder = forwarder;
        this.router = router;
        this.run = run;
        this.calls = client.calls();
        this.times = client.times();
    }

    /** Whether the standby was connected: it may have run the request. */
    boolean hasRun() {
        return hasRun;
    }

    /** Returns the fingerprint that the request had when a standby was asked: the next time it is looked up by that. */
    long fingerprint() {
        return askedAs;
    }

    /**
     * Runs the request.
     *
     * @param delivered how many messages of the reply the client has from a reader that is gone
     * @param wait what the reader is to wait for before
     */
    Reply at(Relay reader, int delivered, Optional<StandbyWait> wait)
            throws IOException, SessionException, InterruptedException {
        servers.working(reader);
        Optional<Transcript> transcript = router.transcript();
        reader.own().prepare(run.namedInSql(!router.isWithin()));
        boolean checked = calls.areChecked(request);
        reader.requests().beginHeld(delivered, router.wishesReadOnly(), checked);
        if (transcript.isEmpty()) {
            Reply reply = run(reader, checked, wait);
            hasRun &= wait.isEmpty() || !reader.progress().replay().isPending();
            return reply;
        }
        reader.requests().record(transcript.get().digest(), transcript.get().begins(request));
        Reply reply = run(reader, checked, wait);
        if (reply instanceof Reply.Complete complete && reader.progress().isInterrupted()) {
            transcript.get().leaveOut(complete.effects().has(Effect.COMPLETED));
        } else if (reply instanceof Reply.Complete || request.isTurnedAway()) {
            transcript.get().add(request, reader.progress().digest());
        }
        return reply;
    }

    private Reply run(Relay reader, boolean checked, Optional<StandbyWait> wait)
            throws IOException, SessionException, InterruptedException {
        askedAs = request.kind().fingerprints().together();
        hasRun = false;
        int sent = 0;
        while (true) {
            hasRun |= !reader.hasEnded();
            send(reader, sent, wait);
            request.begun();
            sent = request.length();
            Reply reply = reader.await();
            if (!(reply instanceof Reply.Partial partial)) {
                return reply;
            }
            if (!partial.held()) {
                inbox.consume(sent);
                return run.goOn(reader, !Traits.has(request.traits(), Traits.READ_ONLY_TRANSACTION));
            }
            boolean paused = request.isPaused();
            if (!reader.progress().isDecided() && !requests.more(request, reader.progress()::isDecided)) {
                return new Reply.Deserted(reader.progress().effects());
            }
            times.begins();
            Optional<Reply> withdrawn = withdrawn(reader, sent, checked, paused);
            if (withdrawn.isPresent()) {
                return withdrawn.get();
            }
            askedAs = reader.progress().isDecided()
                    ? askedAs
                    : request.kind().fingerprints().together();
        }
    }

    private void send(Relay reader, int sent, Optional<StandbyWait> wait) throws InterruptedException {
        Optional<FunctionCheck> check = check(reader, sent);
        if (sent == 0 && wait.isPresent()) {
            reader.requests().sendAfterWait(wait.get().query(), request, inbox, check);
        } else {
            reader.requests().send(request, inbox, sent, check);
        }
    }

    /** After an error that the client does not have, nothing counts any more. */
    private Optional<FunctionCheck> check(Relay reader, int sent) {
        return sent > 0 && reader.progress().turn() == Turn.CLIENT_SKIPS ? Optional.empty() : calls.check(request);
    }

    /**
     * Withdraws the request where the messages that were read last make it the writer's: all of it, or only those
     * messages.
     *
     * @param sent how many bytes of the request were sent before
     * @param checked whether it was known at the beginning that its functions are checked
     * @param paused whether the client had paused before the messages that were read last
     */
    private Optional<Reply> withdrawn(Relay reader, int sent, boolean checked, boolean paused)
            throws IOException, SessionException, InterruptedException {
        boolean moves = router.isForWriter() || isUncheckable(checked) || isOutdated(sent);
        moves |= request.excess().isPresent();
        boolean compares = paused && reader.requests().compares(request);
        if ((moves || compares || reader.progress().isDecided())
                && reader.requests().withdraw()) {
            return Optional.of(new Reply.Withdrawn(reader.progress().deliveredMessages()));
        }
        if (paused && moves && isRestFree(reader) && forwarder.turnAwayRest(request, sent, reader)) {
            return Optional.of(new Reply.Withdrawn(0));
        }
        return Optional.empty();
    }

    /**
     * Whether the messages that were read call functions for which it is too late to verify that they are the ones
     * that were assessed.
     */
    private boolean isUncheckable(boolean checked) {
        return calls.areChecked(request) && !(checked && calls.canBeChecked(request));
    }

    private boolean isOutdated(int sent) throws SessionException, InterruptedException {
        return requests.goesOn(request, sent) && router.isOutdated();
    }

    /**
     * Whether the messages that were read after a pause may be for the writer, while the client has a part of the
     * standby's answer to the earlier ones.
     */
    private boolean isRestFree(Relay reader) {
        return !Traits.has(request.traits(), Traits.READ_ONLY_TRANSACTION)
                && !request.isTooLarge()
                && !reader.progress().isHeld();
    }
}
