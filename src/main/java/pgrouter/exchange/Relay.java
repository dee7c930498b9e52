package pgrouter.exchange;

import pgrouter.backend.ServerConnection;
import pgrouter.backend.ServerFacts;
import pgrouter.config.Address;
import pgrouter.metrics.BackendCounters;
import pgrouter.pool.PoolKey;
import pgrouter.pool.ServerPool;
import pgrouter.request.ServerStatements;
import pgrouter.request.Statement;

/**
 * One of a session's server connections: requests go in, replies come out, and the messages of a reply go to the
 * client on the way. Client thread only, except where a method says otherwise.
 */
public final class Relay {
    /** The largest reply that is kept, in bytes. A larger one goes to the client, and so does an error after it. */
    public static final int HOLD_LIMIT = 256 * 1024;

    private final ServerLink link;
    private final ServerStatements statements;
    private final Exchange exchange;
    private final ReplyReader reader;
    private final ReadHandoff handoff;
    private final MessageSender sender;
    private final RequestSender requests;
    private final OwnRequests own;
    private final Rerun rerun;
    private final Progress progress;
    private final ServerPool pool;
    private final BackendCounters counters;
    private final String words;
    private final long client;

    /** Whether something that cannot be undone was left on the server. */
    private boolean traces;

    public Relay(
            ServerConnection connection,
            boolean isWriter,
            ServerStatements statements,
            SessionContext session,
            ClusterContext cluster,
            BackendCounters counters) {
        this.link = new ServerLink(connection, isWriter);
        this.statements = statements;
        this.counters = counters;
        this.pool = cluster.pool();
        this.client = session.number();
        this.words = ("reader " + link.address()).intern();
        this.exchange = new Exchange(statements);
        this.reader = new ReplyReader(link, exchange, session, cluster, counters);
        this.handoff = reader.handoff();
        this.sender = new MessageSender(connection, exchange);
        Preparation preparation = new Preparation(exchange);
        this.requests = new RequestSender(exchange, sender, handoff, preparation, room(isWriter));
        this.own = new OwnRequests(exchange, sender, handoff, preparation);
        this.rerun = new Rerun(exchange, sender, handoff, preparation);
        this.progress = new Progress(exchange);
    }

    /** A request about databases on the primary may need that no kept connection uses the database. */
    private Runnable room(boolean isWriter) {
        return isWriter ? pool::makeRoom : () -> {};
    }

    /** Starts to read from the server. */
    public void start() {
        reader.rest();
    }

    /** Waits until the server's turn has ended, if it has the turn. */
    public Reply await() throws InterruptedException {
        return handoff.await(sender);
    }

    /** @return whether the former state of the server's process is restored; else the connection is unusable */
    public boolean finishWithdrawn() throws InterruptedException {
        return await() instanceof Reply.Refused && own.undo();
    }

    /** Returns the sender of the client's requests to this server. */
    public RequestSender requests() {
        return requests;
    }

    /** Returns how far the client's present request has come. */
    public Progress progress() {
        return progress;
    }

    /** Returns the requests of pgrouter's own to this server. */
    public OwnRequests own() {
        return own;
    }

    /** Returns the sender of requests that another server has answered. */
    public Rerun rerun() {
        return rerun;
    }

    /** I, T or E: the last ReadyForQuery. */
    public byte transactionStatus() {
        return exchange.locked(now -> now.reply().transactionStatus());
    }

    /** Whether the session's statement of this name exists here. */
    public boolean hasStatement(String name) {
        return exchange.locked(now -> statements.has(name));
    }

    /** Notes that SQL has prepared a statement on this server. */
    public void prepared(Statement statement) {
        exchange.lock();
        try {
            statements.prepared(statement);
        } finally {
            exchange.unlock();
        }
    }

    /** Notes that SQL has deallocated a statement here. */
    public void deallocated(String name) {
        exchange.lock();
        try {
            statements.deallocated(name);
        } finally {
            exchange.unlock();
        }
    }

    public ServerStatements statements() {
        return statements;
    }

    /** The search_path of the server's process where it reports that, else null. */
    public String searchPath() {
        return reader.searchPath();
    }

    /** Notes that the process has been given something that DISCARD ALL does not take away. */
    public void taint() {
        traces = true;
    }

    /**
     * Resets the process to the state that a new session finds, and reads no more.
     *
     * @return whether the connection can serve another session; else it is unusable
     */
    public boolean retire(PoolKey login) throws InterruptedException {
        link.leave();
        boolean isClean = !traces && !hasEnded() && transactionStatus() == 'I';
        return isClean && new Retirement(link, exchange, sender, reader, own, pool).retire(login);
    }

    /** From now on the client gets nothing of the server. */
    public void leave() {
        link.leave();
    }

    /** Closes the connection at once: it is lost. Any thread. */
    public void cut() {
        link.cut();
    }

    /**
     * Cuts a connection whose server may be at work for a client that no thread answers any more. Any thread.
     *
     * @return whether to cancel the work of the server: once, and not where the connection belongs to another session
     * by now
     */
    public boolean abandon() {
        return link.abandon();
    }

    /** Whether the server may still be at work for the session, which leaves. */
    public boolean isLeftAtWork() {
        return (!hasEnded() || link.isDeserted())
                && exchange.locked(now -> now.pending().hasUnanswered());
    }

    /** Whether the connection was cut: no thread waits for its node any more. Any thread. */
    public boolean isCut() {
        return link.isCut();
    }

    /** Whether the connection has ended, so that nothing can be sent any more. Any thread. */
    public boolean hasEnded() {
        return link.hasEnded();
    }

    /** Whether the connection has ended. Waits while the meaning of that for the session is being determined. */
    public boolean isOver() throws InterruptedException {
        if (!hasEnded()) {
            return false;
        }
        handoff.awaitEnd(link);
        return true;
    }

    /** Whether the request that waited at the last look still waits. Only the thread that looks for long waits uses it. */
    public boolean isWaitingSinceLastLook() {
        return handoff.isWaitingSinceLastLook();
    }

    /** The wait of a request has become a long one: from now on its client is watched. Any thread. */
    public void lasts() {
        handoff.lasts();
    }

    /** Whether it has a thread of its own now. Any thread. */
    public boolean isAwake() {
        return handoff.isAwake();
    }

    /** The state of the connection, for the console. Any thread. */
    public ServerFacts facts() {
        return new ServerFacts(client, address(), isWriter(), connection().key().processId());
    }

    public boolean isWriter() {
        return link.isWriter();
    }

    public ServerConnection connection() {
        return link.connection();
    }

    public Address address() {
        return link.address();
    }

    ServerLink link() {
        return link;
    }

    /** The counters of its backend. */
    public BackendCounters counters() {
        return counters;
    }

    /** The name of a reader in {@code SHOW pgrouter.last_route}. */
    public String words() {
        return words;
    }
}
