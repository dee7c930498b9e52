package pgrouter.exchange;

import java.nio.ByteBuffer;
import java.util.Optional;
import pgrouter.backend.ServerConnection;
import pgrouter.backend.ServerFacts;
import pgrouter.config.Address;
import pgrouter.metrics.BackendCounters;
import pgrouter.net.Inbox;
import pgrouter.pool.PoolKey;
import pgrouter.pool.ServerPool;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageBuilder;
import pgrouter.request.Request;
import pgrouter.request.ServerStatements;
import pgrouter.request.Statement;
import pgrouter.routing.FunctionCheck;
import pgrouter.routing.Traits;

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
    private final Preparation preparation;
    private final OwnRequests own;
    private final ServerPool pool;
    private final BackendCounters counters;
    private final String words;
    private final long client;

    /** Whether something that cannot be undone was left on the server. */
    private boolean traces;

    /** Whether anything of the present request was sent. */
    private boolean delivered;

    public Relay(
            ServerConnection pipe,
            boolean isWriter,
            ServerStatements statements,
            SessionContext session,
            ClusterContext cluster,
            BackendCounters counters) {
        this.link = new ServerLink(pipe, isWriter);
        this.statements = statements;
        this.counters = counters;
        this.pool = cluster.pool();
        this.client = session.number();
        this.words = ("reader " + link.address()).intern();
        this.exchange = new Exchange(statements);
        this.reader = new ReplyReader(link, exchange, session, cluster, counters);
        this.handoff = reader.handoff();
        this.sender = new MessageSender(pipe, exchange);
        this.preparation = new Preparation(exchange);
        this.own = new OwnRequests(exchange, sender, handoff, preparation);
    }

    /** Starts to read from the server. */
    public void start() {
        reader.rest();
    }

    /**
     * Begins a request whose reply goes to the client.
     *
     * @param already how many messages of its reply the client has from another server
     * @param mayWrite whether it may write although no command tag will show it
     */
    public void begin(int already, boolean mayWrite) {
        delivered = false;
        exchange.lock();
        try {
            exchange.begin(already, mayWrite);
        } finally {
            exchange.unlock();
        }
    }

    /**
     * Begins a request whose reply is kept until it can no longer be a refusal.
     *
     * @param already how many messages of its reply the client has from another server
     * @param readOnly whether a refusal that comes too late for another node is the answer that the client has asked
     * for
     * @param checked whether it calls functions that count only where a {@link FunctionCheck} is sent after it
     */
    public void beginHeld(int already, boolean readOnly, boolean checked) {
        delivered = false;
        exchange.lock();
        try {
            exchange.beginHeld(already, readOnly, checked);
        } finally {
            exchange.unlock();
        }
    }

    /** Sends the kept part of a request, from an offset on, as below and without a check. */
    public void send(Request request, Inbox inbox, int from) throws InterruptedException {
        send(request, inbox, from, Optional.empty());
    }

    /**
     * Sends the kept part of a request, from an offset on, and before it what the server's process lacks for it. A
     * lost connection is not reported here but by {@link #await}: the server's last error may still be on the way.
     * After a refusal nothing is sent.
     *
     * @param check sent in one write with it, where the request ends here and calls functions of users
     */
    public void send(Request request, Inbox inbox, int from, Optional<FunctionCheck> check)
            throws InterruptedException {
        if (from == request.length()) {
            return;
        }
        if (isWriter() && Traits.has(request.traits(), Traits.DATABASES)) {
            pool.makeRoom();
        }
        Optional<MessageBuilder> before;
        boolean isNoted;
        exchange.lock();
        try {
            if (exchange.reply().isGivenUp()) {
                sender.nothingSent();
                return;
            }
            exchange.sentTraits().sends(request.state());
            before = preparation.before(request, from == 0);
            isNoted = !exchange.isComparing();
            if (isNoted) {
                note(request, inbox, from, check);
            }
            sender.noted();
        } finally {
            exchange.unlock();
        }
        before.ifPresent(sender::write);
        if (isNoted || noteCompared(request, inbox, from, check)) {
            delivered = true;
            ByteBuffer messages = inbox.view(from, request.length() - from);
            sender.write(check.isPresent() ? together(messages, check.get()) : messages, false);
        }
    }

    private void note(Request request, Inbox inbox, int from, Optional<FunctionCheck> check) {
        RequestMarks.note(request, inbox, from, exchange);
        if (check.isPresent()) {
            exchange.verify(check.get().expected());
        }
    }

    /** @return false where the request has its reply already */
    private boolean noteCompared(Request request, Inbox inbox, int from, Optional<FunctionCheck> check)
            throws InterruptedException {
        boolean goesOn = isDescribed();
        if (goesOn) {
            sender.sendOwn(failing -> {
                preparation.failIfChanged(failing);
                note(request, inbox, from, check);
            });
        }
        return goesOn;
    }

    private static ByteBuffer together(ByteBuffer messages, FunctionCheck check) {
        byte[] question = FrontendMessage.query(check.query());
        ByteBuffer both = ByteBuffer.allocate(messages.remaining() + question.length);
        return both.put(messages).put(question).flip();
    }

    /**
     * Waits until the server has described the statements that it was given.
     *
     * @return false where the request has its reply already
     */
    private boolean isDescribed() throws InterruptedException {
        return await() instanceof Reply.Partial;
    }

    /** Sends the beginning of a message that is not kept. */
    public void sendBeginning(Request request, Inbox inbox, int present, int total) throws InterruptedException {
        Optional<MessageBuilder> before;
        boolean compares;
        exchange.lock();
        try {
            exchange.sentTraits().sends(request.state());
            before = preparation.before(request, false);
            compares = before.isPresent() && exchange.isComparing();
            sender.noted();
        } finally {
            exchange.unlock();
        }
        before.ifPresent(sender::write);
        if (!compares || isDescribed()) {
            sender.sendOwn(failing -> {
                preparation.failIfChanged(failing);
                RequestMarks.noteBeginning(request, inbox, exchange);
            });
            delivered = true;
            sender.write(inbox.view(0, present), present < total);
        }
    }

    /** Sends the next piece of such a message. */
    public void sendRest(Inbox inbox, int length, boolean continues) {
        sender.write(inbox.view(0, length), continues);
    }

    /** Fails the request with an error of pgrouter's: the server gets one too, and skips all up to the next Sync. */
    public void fail(ErrorResponse error) {
        sender.sendOwn(messages -> preparation.fail(error, messages));
    }

    /** Sends the end of a request instead of the client, which has the answer. */
    public void sync() {
        sender.sendOwn(messages -> {
            exchange.send(FrontendTag.SYNC);
            messages.bytes(FrontendMessage.sync());
        });
    }

    /** Waits until the server's turn has ended, if it has the turn. */
    public Reply await() throws InterruptedException {
        return handoff.await(sender);
    }

    /**
     * Waits for the answers to all that was sent: the messages after it are for another server, and must not run
     * after an error.
     *
     * @return whether the client has the answers, and there is no error
     */
    public boolean drain() throws InterruptedException {
        sender.sendOwn(messages -> {
            exchange.send(FrontendTag.FLUSH);
            messages.bytes(FrontendMessage.flush());
        });
        return await() instanceof Reply.Partial partial && !partial.skipping();
    }

    /**
     * Takes back the sent and kept part, in the middle of its reply; {@link #finishWithdrawn} must follow, or the
     * connection is unusable.
     *
     * @return false where it is too late: the client has the reply, or the request is settled
     */
    public boolean withdraw() {
        exchange.lock();
        try {
            if (!exchange.reply().withdraw()) {
                return false;
            }
            exchange.send(Mark.OWN_SYNC);
            sender.noted();
        } finally {
            exchange.unlock();
        }
        sender.write(ByteBuffer.wrap(FrontendMessage.sync()), false);
        return true;
    }

    /** @return whether the former state of the server's process is restored; else the connection is unusable */
    public boolean finishWithdrawn() throws InterruptedException {
        return await() instanceof Reply.Refused && own.undo();
    }

    /** Returns the requests of pgrouter's own to this server. */
    public OwnRequests own() {
        return own;
    }

    /** Whether the request needs a statement whose description by this server must come first. */
    public boolean compares(Request request) {
        return exchange.locked(now -> preparation.compares(request));
    }

    /** Whether anything of the present request was sent: the server may have run it. */
    public boolean isDelivered() {
        return delivered;
    }

    /** The side that goes on with the present request. */
    public Turn turn() {
        return exchange.locked(Exchange::turn);
    }

    /** Whether it is settled, or the client gets nothing of its reply. */
    public boolean isDecided() {
        return exchange.locked(Exchange::isDecided);
    }

    /** Whether so much is unanswered that the client must not send more before it is answered: unanswered messages are kept. */
    public boolean isFarBehind() {
        return exchange.locked(now -> now.pending().isLong());
    }

    /** Whether the reply is kept: the client has nothing of it, except the answers to Parse and the like. */
    public boolean isHeld() {
        return exchange.locked(now -> now.reply().isHeld());
    }

    /** Returns the effects that the present reply has shown so far. */
    public Effects effects() {
        return exchange.locked(now -> now.reply().effects());
    }

    /** How many messages of the present reply the client has. */
    public int deliveredMessages() {
        return exchange.locked(now -> now.reply().delivered().count());
    }

    /** Whether the server has run functions that differ from the assessed ones, or whether that cannot be known. */
    public boolean hasOtherFunctions() {
        return exchange.locked(now -> now.reply().verification().differs()
                || now.reply().verification().isMissing());
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
        return new ServerFacts(client, address(), isWriter(), pipe().key().processId());
    }

    public boolean isWriter() {
        return link.isWriter();
    }

    public ServerConnection pipe() {
        return link.pipe();
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
