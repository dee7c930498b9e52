package pgrouter.session;

import java.io.IOException;
import java.util.Collection;
import pgrouter.client.SessionException;
import pgrouter.cluster.Writes;
import pgrouter.exchange.Relay;
import pgrouter.exchange.Reply;
import pgrouter.exchange.Turn;
import pgrouter.log.Log;
import pgrouter.net.Inbox;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendTag;
import pgrouter.request.Request;
import pgrouter.request.RequestReader;
import pgrouter.request.RequestTimes;
import pgrouter.request.Statements;
import pgrouter.routing.Traits;

/**
 * Runs the present request on one server whose reply counts: sends it, forwards what the client sends after it, and
 * waits, in turns, until all is answered. Client thread only.
 */
final class RequestRun {
    private static final Log LOG = Log.of("session");

    private final Inbox inbox;
    private final Request request;
    private final RequestReader requests;
    private final RequestForwarder forwarder;
    private final RequestRouter router;
    private final RequestTimes times;
    private final Statements statements;
    private final SessionCommits commits;
    private final Writes writes;

    /** Whether anything of the request was sent over an open connection. */
    private boolean sent;

    /** Whether the session had no room for a part of the request. */
    private boolean exceeded;

    RequestRun(
            ClientRequests client,
            RequestForwarder forwarder,
            RequestRouter router,
            Statements statements,
            SessionCommits commits,
            Writes writes) {
        this.commits = commits;
        this.writes = writes;
        this.inbox = client.inbox();
        this.request = client.request();
        this.requests = client.reader();
        this.forwarder = forwarder;
        this.router = router;
        this.times = client.times();
        this.statements = statements;
    }

    /**
     * Sends the request, from its beginning.
     *
     * @param delivered how many messages of the reply the client has from a reader
     * @param outside whether it is outside a transaction
     */
    Reply at(Relay server, int delivered, boolean outside) throws IOException, SessionException, InterruptedException {
        server.own().prepare(namedInSql(outside));
        boolean asynchronous = commits.mayBeAsynchronous(request, server);
        server.requests().begin(delivered, Traits.has(request.traits(), Traits.MAY_WRITE), asynchronous);
        boolean restMayBe = request.end() == 0;
        if (!server.isWriter() || !(asynchronous || restMayBe)) {
            return sent(server);
        }
        writes.asynchronousBegins();
        try {
            return sent(server);
        } finally {
            writes.asynchronousEnds();
        }
    }

    private Reply sent(Relay server) throws IOException, SessionException, InterruptedException {
        boolean isThere = !server.hasEnded();
        server.requests().send(request, inbox, 0);
        sent = isThere && (server.requests().isDelivered() || request.isTooLarge());
        if (!request.isTooLarge() && request.excess().isEmpty()) {
            Reply reply = server.await();
            if (!(reply instanceof Reply.Partial)) {
                return reply;
            }
        }
        inbox.consume(request.length());
        return goOn(server, false);
    }

    /** Whether {@link #at} has sent anything over an open connection: the server may have run it. */
    boolean isSent() {
        return sent;
    }

    /**
     * Returns the statements that must exist before a request, since its SQL uses them by name. Where the end of the
     * request is not known, these are all that SQL has prepared: preparing them in the middle of it would end its
     * transaction.
     */
    Collection<String> namedInSql(boolean outside) {
        return request.isPaused() && outside
                ? statements.bySql(request.changes().named())
                : request.changes().named();
    }

    /**
     * Forwards what the client sends and waits for the server, in turns, until all is answered. The kept part of the
     * request is sent, and is not in the inbox any more.
     *
     * @param readsOnly whether to stop before a part for the writer
     */
    Reply goOn(Relay server, boolean readsOnly) throws IOException, SessionException, InterruptedException {
        if (request.length() > 0) {
            request.consumed();
        }
        while (true) {
            boolean goesOn =
                    request.excess().isPresent() || forwarder.forward(request, server, readsOnly, router::isInDoubt);
            if (!goesOn) {
                return new Reply.Deserted(server.progress().effects());
            }
            times.begins();
            if (request.excess().isPresent()) {
                return exceeds(server, request.excess().get());
            }
            if (request.isTurnedAway()) {
                return new Reply.Withdrawn(0);
            }
            Reply reply = server.await();
            if (!(reply instanceof Reply.Partial)) {
                return reply;
            }
        }
    }

    /** Fails a request of which a part was sent, or which is within a transaction: the server gets an error too. */
    private Reply exceeds(Relay server, ErrorResponse error)
            throws IOException, SessionException, InterruptedException {
        toldOfExcess(error);
        if (server.progress().turn() == Turn.CLIENT_COPIES) {
            throw SessionException.fatal(error.sqlState(), error.message());
        }
        server.requests().fail(error);
        if (!requests.finish(request, false)) {
            return new Reply.Deserted(server.progress().effects());
        }
        request.endsWith(FrontendTag.SYNC);
        server.requests().sync();
        return server.await();
    }

    /** A session that keeps asking for more gets one line in the log. */
    void toldOfExcess(ErrorResponse error) {
        if (!exceeded) {
            LOG.info("has no room for another prepared statement: " + error.message());
        }
        exceeded = true;
    }
}
