package pgrouter.session;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pgrouter.cluster.ClusterView;
import pgrouter.config.Address;
import pgrouter.metrics.BackendCounters;
import pgrouter.net.Inbox;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;
import pgrouter.routing.ReadPosition;
import pgrouter.routing.Route;
import pgrouter.routing.Router;
import pgrouter.routing.Traits;
import pgrouter.session.PipeRelay.Outcome;

/**
 * Serves one client after its login: reads a request, asks where it goes, sends it, awaits the outcome, and where a standby has
 * refused it, sends it again to the writer. Runs on the client thread.
 */
final class RequestRelay {
    private final Services services;
    private final Pipes pipes;
    private final Inbox inbox;
    private final RequestReader requests;
    private final Request request = new Request();

    private Optional<PipeRelay> inTransaction = Optional.empty();
    private final List<byte[]> strayState = new ArrayList<>();
    private boolean strayIsKept;
    private boolean pinned;
    private boolean unseenWrite;
    private ReadPosition position = ReadPosition.ANY;

    RequestRelay(Services services, Pipes pipes, Inbox inbox) {
        this.services = services;
        this.pipes = pipes;
        this.inbox = inbox;
        this.requests =
                new RequestReader(inbox, new RequestInspector(pipes.statements(), TextEncoding.of(pipes.parameters())));
    }

    /** Until the client leaves. */
    void serve() throws IOException, ProtocolException, SessionException, InterruptedException {
        while (requests.next(request)) {
            if (!answer()) {
                return;
            }
            inbox.consume(request.length());
        }
    }

    /** @return false when the client has left in the middle of the request */
    private boolean answer() throws IOException, ProtocolException, SessionException, InterruptedException {
        try {
            if (inTransaction.isPresent()) {
                return tell(inTransaction.get(), 0);
            }
            return route() instanceof Route.Reader ? read() : tell(pipes.writer(), 0);
        } finally {
            pipes.resting();
        }
    }

    private Route route() {
        ClusterView view = services.cluster().view();
        position = position.resolve(view);
        return services.router()
                .route(new Router.Question(request.traits(), request.isTooLarge(), pinned), position, view);
    }

    /** Asks standbys until one has answered or refused, each at most once; then the writer. */
    private boolean read() throws IOException, ProtocolException, SessionException, InterruptedException {
        Set<Address> failed = new HashSet<>();
        ReadPosition needed = Traits.has(request.traits(), Traits.HINT_READER) ? ReadPosition.ANY : position;
        int released = 0;
        while (true) {
            Optional<PipeRelay> reader = pipes.reader(needed, failed);
            if (reader.isEmpty()) {
                return tell(pipes.writer(), released);
            }
            Optional<Outcome> outcome = ask(reader.get(), released);
            if (outcome.isEmpty()) {
                return false;
            }
            switch (outcome.get()) {
                case REFUSED -> {
                    return redirect(reader.get());
                }
                case LOST -> {
                    released = released(reader.get());
                    failed.add(Pipes.address(reader.get()));
                    pipes.dropReader();
                }
                case ANSWERED, CLIENTS_TURN -> {
                    finished(reader.get());
                    return true;
                }
            }
        }
    }

    /** How much of the reply the client has; more than the answers to Parse and the like cannot be had again from another node. */
    private static int released(PipeRelay reader) throws SessionException {
        if (!reader.isJudging()) {
            throw lost(reader);
        }
        return reader.released();
    }

    /**
     * A request to a standby, kept until its verdict.
     *
     * @param released how many messages of the reply the client has from a reader that is gone
     * @return empty when the client has left
     */
    private Optional<Outcome> ask(PipeRelay reader, int released)
            throws IOException, ProtocolException, SessionException, InterruptedException {
        pipes.working(reader);
        reader.begin(true, released);
        int sent = 0;
        while (true) {
            reader.send(request, inbox, sent);
            sent = request.length();
            Outcome outcome = reader.await();
            if (outcome != Outcome.CLIENTS_TURN) {
                return Optional.of(outcome);
            }
            if (!reader.isJudging()) {
                inbox.consume(sent);
                return converse(reader);
            }
            if (!requests.more(request)) {
                return Optional.empty();
            }
            if (request.isTooLarge()) {
                reader.letGo();
            }
        }
    }

    private boolean redirect(PipeRelay reader)
            throws IOException, ProtocolException, SessionException, InterruptedException {
        int released = reader.released();
        counters(reader).redirect();
        if (!reader.undo()) {
            pipes.dropReader();
        }
        request.add(Traits.MAY_WRITE);
        return tell(pipes.writer(), released);
    }

    /**
     * A request to a pipe whose answer counts.
     *
     * @param released how many messages of the reply the client has from a reader
     * @return false when the client has left
     */
    private boolean tell(PipeRelay pipe, int released)
            throws IOException, ProtocolException, SessionException, InterruptedException {
        pipes.working(pipe);
        if (Traits.has(request.traits(), Traits.PREPARED_BY_NAME)) {
            pipe.catchUp(pipes.statements().names());
        }
        pipe.begin(false, released);
        pipe.send(request, inbox, 0);
        Outcome outcome = request.isTooLarge() ? Outcome.CLIENTS_TURN : pipe.await();
        if (outcome == Outcome.CLIENTS_TURN) {
            inbox.consume(request.length());
            Optional<Outcome> last = converse(pipe);
            if (last.isEmpty()) {
                return false;
            }
            outcome = last.get();
        }
        if (outcome == Outcome.LOST) {
            throw lost(pipe);
        }
        finished(pipe);
        return true;
    }

    /** Passes on what the client sends and waits for the backend, in turns, until all is answered. */
    private Optional<Outcome> converse(PipeRelay pipe)
            throws IOException, ProtocolException, SessionException, InterruptedException {
        if (request.length() > 0) {
            request.consumed();
        }
        while (true) {
            if (!requests.forward(request, pipe)) {
                return Optional.empty();
            }
            Outcome outcome = pipe.await();
            if (outcome == Outcome.LOST) {
                throw lost(pipe);
            }
            if (outcome != Outcome.CLIENTS_TURN) {
                return Optional.of(outcome);
            }
        }
    }

    /** What the answered request means for the next ones. */
    private void finished(PipeRelay pipe) throws InterruptedException {
        inTransaction = pipe.transactionStatus() == 'I' ? Optional.empty() : Optional.of(pipe);
        if (pipe == pipes.writer()) {
            finishedAtWriter(pipe);
        } else {
            finishedAtReader(pipe);
        }
    }

    /**
     * State that was set in a read-only transaction on a standby is set on the writer too, when the transaction has been kept: from
     * then on the session stays there.
     */
    private void finishedAtReader(PipeRelay pipe) throws InterruptedException {
        counters(pipe).read();
        strayState.addAll(request.stateChanges());
        strayIsKept |= pipe.hasCommitted();
        if (inTransaction.isPresent()) {
            return;
        }
        if (strayIsKept && !strayState.isEmpty()) {
            for (byte[] change : strayState) {
                runOnWriter(change);
            }
            pinned = true;
        }
        strayState.clear();
        strayIsKept = false;
    }

    /** A text that has opened a transaction, which on the standby was none of its own, must not leave it open. */
    private void runOnWriter(byte[] change) throws InterruptedException {
        PipeRelay writer = pipes.writer();
        boolean done = writer.run(change);
        if (done && writer.transactionStatus() != 'I') {
            writer.run(FrontendMessage.query(writer.transactionStatus() == 'T' ? "COMMIT" : "ROLLBACK"));
        }
    }

    private void finishedAtWriter(PipeRelay pipe) {
        counters(pipe).write();
        pinned |= Traits.has(request.traits(), Traits.STATE);
        unseenWrite |= pipe.hasWritten() || mayHaveWritten(request.traits());
        if (unseenWrite && inTransaction.isEmpty()) {
            position = ReadPosition.writtenAt(System.nanoTime());
            unseenWrite = false;
        }
    }

    /** The command tag of a SELECT does not show what its functions did. */
    private static boolean mayHaveWritten(int traits) {
        return Traits.has(traits, Traits.MAY_WRITE)
                || (Traits.has(traits, Traits.READS) && Traits.has(traits, Traits.WRITER));
    }

    private BackendCounters counters(PipeRelay pipe) {
        return services.metrics().backend(Pipes.address(pipe).toString());
    }

    /** The pipe is gone: in the backend's own words, where the client has not seen them. */
    private static SessionException lost(PipeRelay pipe) {
        String text =
                "connection to backend " + Pipes.address(pipe) + " was lost; the outcome of the request is unknown";
        ErrorResponse words = pipe.lastWords().orElseGet(() -> ErrorResponse.fatal(SqlState.CONNECTION_FAILURE, text));
        return pipe.areLastWordsPassed()
                ? SessionException.quoting(text, new byte[0])
                : SessionException.quoting(text, words.encode());
    }
}
