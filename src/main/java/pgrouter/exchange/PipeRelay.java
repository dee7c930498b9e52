package pgrouter.exchange;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import pgrouter.backend.Pipe;
import pgrouter.backend.PipeFacts;
import pgrouter.client.ClientWatch;
import pgrouter.metrics.BackendCounters;
import pgrouter.net.Inbox;
import pgrouter.pool.PoolKey;
import pgrouter.pool.ServerPool;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageBuilder;
import pgrouter.protocol.SqlState;
import pgrouter.request.CachedPlan;
import pgrouter.request.PipeStatements;
import pgrouter.request.Request;
import pgrouter.request.Statement;
import pgrouter.routing.FunctionCheck;
import pgrouter.routing.Refusal;
import pgrouter.routing.Traits;
import pgrouter.state.Journal;

/**
 * One of a session's pipes, as the client thread sees it: requests go in, outcomes come out. The replies themselves are passed on
 * by {@link ReplyRelay}.
 */
public final class PipeRelay {
    /** How the backend's turn ended. */
    public enum Outcome {
        /** It has not. */
        PENDING,
        /** All is answered, and the client has ReadyForQuery. */
        ANSWERED,
        /** What was flushed is answered, or the backend reads copy data. */
        CLIENTS_TURN,
        /** A standby's "not here": the client has seen nothing of it. */
        REFUSED,
        /** The pipe is gone before all was answered. */
        LOST,
        /** What follows behind a Flush is not for this pipe: it was not sent. */
        TURNED_AWAY,
        /** The client has left in the middle of its request, or cannot be written to. */
        DESERTED
    }

    /** How long a server may take to forget a session; nobody waits for it, but the pipe is not worth more. */
    private static final Duration RESET = Duration.ofSeconds(1);

    private final Pipe pipe;
    private final PipeStatements statements;
    private final ReentrantLock lock = new ReentrantLock();
    private final Turn turn = new Turn();
    private final Exchange exchange;
    private final ReplyRelay replies;
    private final boolean isWriter;
    private final BackendCounters counters;
    private final ServerPool warm;
    private final String words;
    private final long client;

    /** The thread that reads what nobody waits for, or has; empty before there was such a thing. */
    private volatile Optional<Thread> listener = Optional.empty();

    /** Whether anything was sent since it is the session's. Only the client thread uses it. */
    private boolean used;

    private volatile boolean cut;

    private final AtomicBoolean abandoned = new AtomicBoolean();
    private final ClientWatch watch;

    /** The wait of the client thread lasts. Written by who looks for silence, taken by the client thread. */
    private volatile boolean lasting;

    /** Something was left on the server that cannot be undone. Only the client thread uses it. */
    private boolean traces;

    /** Whether what was sent last gave the backend the turn. Only the client thread uses it. */
    private boolean turnGiven;

    /** Whether anything of the present request was sent. Only the client thread uses it. */
    private boolean delivered;

    /** Whether the client thread waits for the backend, and how often it has begun to. */
    private volatile boolean waiting;

    private final AtomicInteger waits = new AtomicInteger();

    /** The number of the wait that was seen last. Only the thread that looks for silence uses it. */
    private int waitSeen;

    /** The parameters that this pipe has been given, or has set itself. Only the client thread uses it. */
    private final Map<String, Optional<String>> given = new HashMap<>();

    /** The version of the journal that they are of. */
    private int givenVersion;

    public PipeRelay(
            Pipe pipe,
            PipeStatements statements,
            ReplyRelay.Audience audience,
            BackendCounters counters,
            long client,
            boolean isWriter) {
        this.pipe = pipe;
        this.watch = audience.watch();
        this.client = client;
        this.counters = counters;
        this.warm = audience.warm();
        this.words = ("reader " + pipe.backend().address()).intern();
        this.statements = statements;
        this.exchange = new Exchange(statements);
        this.isWriter = isWriter;
        this.replies = new ReplyRelay(pipe, exchange, lock, turn, audience, counters, isWriter, this::listen);
    }

    /** The search_path of the server's process where it reports that, else null. */
    public String searchPath() {
        return replies.searchPath();
    }

    /** From now on what comes is read. */
    public void start() {
        replies.rest();
    }

    /** Something has come that the client thread does not await. Any thread, but never two at a time. */
    private void listen() {
        String name = "client-" + client + (isWriter ? "-writer" : "-reader");
        listener = Optional.of(pipe.carrier().start(name, replies));
    }

    /**
     * Leaves the server's process as a new session would find it, and listens no more. One that was not used has nothing to forget:
     * it is only asked for a sign, which ends the listening.
     *
     * <p>In one write with DISCARD ALL it is asked whether it is as new.
     *
     * @return whether the pipe can serve another session; else it is of no use any more
     */
    public boolean retire(PoolKey login) throws InterruptedException {
        replies.leave();
        if (traces || hasEnded() || transactionStatus() != 'I') {
            return false;
        }
        boolean discards = used;
        sendOwn(own -> {
            exchange.beginQuestion();
            if (discards) {
                ask("DISCARD ALL", own);
                warm.question(pipe).ifPresent(question -> ask(question, own));
            } else {
                exchange.send(Ledger.OWN_SYNC);
                own.bytes(FrontendMessage.sync());
            }
            replies.retire();
        });
        if (!isAnsweredWithin(RESET) || locked(Exchange::hasFailed) || (discards && !isAsNew(login))) {
            return false;
        }
        return listener.orElseThrow().join(RESET) && replies.hasRetired() && pipe.leaves();
    }

    private void ask(String query, MessageBuilder own) {
        exchange.send(Ledger.OWN_QUERY);
        own.bytes(FrontendMessage.query(query));
    }

    private boolean isAsNew(PoolKey login) {
        return warm.isAsNew(pipe, login, Answers.rows(locked(Exchange::heard), StandardCharsets.UTF_8));
    }

    private boolean isAnsweredWithin(Duration time) throws InterruptedException {
        long deadline = System.nanoTime() + time.toNanos();
        turn.begin();
        try {
            long left = time.toNanos();
            while (outcome() == Outcome.PENDING && left > 0) {
                turn.await(left);
                left = deadline - System.nanoTime();
            }
            return outcome() == Outcome.ANSWERED;
        } finally {
            turn.end();
        }
    }

    /** It has been given something that DISCARD ALL does not take away. */
    public void keepsTraces() {
        traces = true;
    }

    /** From now on nothing of it reaches the client. */
    public void leave() {
        replies.leave();
    }

    /** Ends the backend's session; its last words do not reach the client. */
    public void terminate() {
        replies.leave();
        pipe.terminate();
    }

    /** Closes the connection at once: the pipe is lost. Any thread may do that. */
    public void cut() {
        cut = true;
        pipe.close();
    }

    /**
     * Cuts a pipe whose server may be at work for a client that nobody answers any more. Any thread.
     *
     * @return whether the server is to be told to stop: once, and not where the pipe is another session's by now
     */
    public boolean abandon() {
        boolean first = pipe.cancels() && !abandoned.getAndSet(true);
        if (first) {
            cut();
        }
        return first;
    }

    /** Whether the server may still be at work for the session, which leaves. */
    public boolean isLeftAtWork() {
        return (!hasEnded() || replies.isDeserted())
                && locked(now -> now.ledger().hasUnanswered());
    }

    /** What can be told of it. Any thread. */
    public PipeFacts facts() {
        return new PipeFacts(
                client, pipe.backend().address(), isWriter, pipe.key().processId());
    }

    public boolean isWriter() {
        return isWriter;
    }

    /** Whether it has a thread of its own now. Any thread may ask. */
    public boolean isAwake() {
        return listener.filter(Thread::isAlive).isPresent();
    }

    /** Whether the pipe has ended, so that nothing can be sent any more. Any thread may ask. */
    public boolean hasEnded() {
        return cut || replies.hasEnded();
    }

    /**
     * Whether the pipe has ended. Where it is just being found out what its end means for the session, waits for that. Client thread
     * only.
     */
    public boolean isOver() throws InterruptedException {
        if (!hasEnded()) {
            return false;
        }
        turn.begin();
        try {
            while (!cut && !locked(Exchange::isGone)) {
                turn.await();
            }
            return true;
        } finally {
            turn.end();
        }
    }

    /** Any thread may ask. */
    boolean isReadBy(ReplyRelay relay) {
        return replies == relay;
    }

    /**
     * Whether the server's process was lost with what it ran, without a word, or since another one had crashed: that may be why. A
     * node that pgrouter does not wait for any more is none of that, nor is one that has said how the request has ended.
     */
    public boolean hasCrashed() {
        return !cut
                && locked(now -> !now.hasFailed()
                        && now.lastWords()
                                .filter(words -> !words.sqlState().equals(SqlState.CRASH_SHUTDOWN))
                                .isEmpty());
    }

    /** Whether the server had ended it for want of requests: what was sent was not run. */
    public boolean hasIdledOut() {
        return locked(Exchange::lastWords)
                .filter(words -> words.sqlState().equals(SqlState.IDLE_SESSION_TIMEOUT))
                .isPresent();
    }

    /** Whether the request that waited at the last look still does. */
    public boolean isWaitingSinceLastLook() {
        int now = waits.get();
        boolean same = waiting && now == waitSeen;
        waitSeen = now;
        return same;
    }

    /** The request that waits has waited for a while: from now on its client is watched. Any thread. */
    public void lasts() {
        if (!watch.hasBegun()) {
            lasting = true;
            pipe.dismiss();
            turn.happened();
        }
    }

    public Pipe pipe() {
        return pipe;
    }

    /** What goes to its backend is counted here. */
    public BackendCounters counters() {
        return counters;
    }

    /** Of a reader, as {@code SHOW pgrouter.last_route} has it. */
    public String words() {
        return words;
    }

    public PipeStatements statements() {
        return statements;
    }

    /**
     * A request begins whose answer counts.
     *
     * @param alreadyReleased how many messages of its reply the client has from another pipe
     * @param mayWrite whether it may write although no command tag will say so
     */
    public void begin(int alreadyReleased, boolean mayWrite) {
        used = true;
        delivered = false;
        lock.lock();
        try {
            exchange.begin(false, alreadyReleased, mayWrite);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A request begins whose reply is held back until it can no longer be a refusal.
     *
     * @param alreadyReleased how many messages of its reply the client has from another pipe
     * @param readOnly whether a refusal that comes too late for another node is the answer that the client has asked for
     * @param checked whether it calls functions that count only where a {@link FunctionCheck} is sent after it
     */
    public void beginJudged(int alreadyReleased, boolean readOnly, boolean checked) {
        used = true;
        lock.lock();
        try {
            exchange.beginJudged(alreadyReleased, readOnly, checked);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends the kept part of a request, from an offset on, and before it what the pipe lacks for it. A pipe that is gone is not
     * reported here but by {@link #await}: its last words may still be on the way. To one that has refused nothing is sent.
     */
    public void send(Request request, Inbox inbox, int from) throws InterruptedException {
        send(request, inbox, from, Optional.empty());
    }

    /**
     * The same, and in one write with it the question whether the functions are the ones that were looked at.
     *
     * @param check where the request ends here, and calls functions of users
     */
    public void send(Request request, Inbox inbox, int from, Optional<FunctionCheck> check)
            throws InterruptedException {
        if (from == request.length()) {
            return;
        }
        if (isWriter && Traits.has(request.traits(), Traits.DATABASES)) {
            warm.makeRoom();
        }
        Optional<MessageBuilder> own;
        boolean isNoted;
        lock.lock();
        try {
            if (exchange.isGivenUp()) {
                turnGiven = false;
                return;
            }
            exchange.sends(request.traits());
            own = missing(request, from == 0);
            isNoted = !exchange.isComparing();
            if (isNoted) {
                mark(request, inbox, from);
                verify(check);
            }
            turnGiven = !exchange.ledger().isClientsTurn();
        } finally {
            lock.unlock();
        }
        own.ifPresent(this::writeOwn);
        if (!isNoted) {
            if (!isDescribed()) {
                return;
            }
            sendOwn(failing -> {
                failIfChanged(failing);
                mark(request, inbox, from);
                verify(check);
            });
        }
        delivered = true;
        ByteBuffer messages = inbox.view(from, request.length() - from);
        write(check.isPresent() ? together(messages, check.get()) : messages, false);
    }

    private void verify(Optional<FunctionCheck> check) {
        if (check.isPresent()) {
            exchange.verify(check.get().expected());
        }
    }

    private static ByteBuffer together(ByteBuffer messages, FunctionCheck check) {
        byte[] question = FrontendMessage.query(check.query());
        ByteBuffer both = ByteBuffer.allocate(messages.remaining() + question.length);
        return both.put(messages).put(question).flip();
    }

    /**
     * What the pipe lacks for a request; empty in the usual case.
     *
     * @param isBeginning whether nothing of the request was sent on this pipe
     */
    private Optional<MessageBuilder> missing(Request request, boolean isBeginning) {
        PipeStatements.Missing missing = statements.missing(wanted(request));
        List<Statement> repeated = isBeginning && exchange.isRepeating() ? request.toldOf() : List.of();
        if (missing.isNothing() && repeated.isEmpty()) {
            return Optional.empty();
        }
        MessageBuilder own = new MessageBuilder();
        prepare(missing, own);
        for (Statement statement : repeated) {
            give(statement, own);
            close(statement.name(), own);
        }
        if (exchange.isComparing()) {
            exchange.send(FrontendTag.FLUSH);
            own.bytes(FrontendMessage.flush());
        }
        return Optional.of(own);
    }

    /**
     * Awaits how the server describes what it was given.
     *
     * @return false where the request has its outcome already
     */
    private boolean isDescribed() throws InterruptedException {
        return await() == Outcome.CLIENTS_TURN;
    }

    /**
     * Where that is not what the client was told, the request fails as PostgreSQL would let it fail: the server has an error too, and
     * skips all up to the next Sync.
     */
    private void failIfChanged(MessageBuilder own) {
        boolean changed = !exchange.takeChanged().isEmpty();
        if (changed && !exchange.ledger().isSkipping()) {
            fail(CachedPlan.CHANGED, own);
        }
    }

    /** Whether the request needs a statement of which the server has to be asked first what it returns. */
    public boolean isToCompare(Request request) {
        return locked(now -> statements.isToCompare(wanted(request)));
    }

    /** Whether anything of the present request was sent: the server may have run it. */
    public boolean isDelivered() {
        return delivered;
    }

    /** Whether so much is unanswered that the client is not to send more before it is: what is unanswered is kept. */
    public boolean isFarBehind() {
        return locked(now -> now.ledger().isLong());
    }

    /** Lets the request fail with an error of pgrouter's: the server has one too, and skips all up to the next Sync. */
    public void fail(ErrorResponse words) {
        sendOwn(own -> fail(words, own));
    }

    private void fail(ErrorResponse words, MessageBuilder own) {
        exchange.fails(words);
        own.bytes(CachedPlan.failingParse());
    }

    /** Sends the end of a request in the stead of the client, which hears the answer. */
    public void sync() {
        sendOwn(own -> {
            exchange.send(FrontendTag.SYNC);
            own.bytes(FrontendMessage.sync());
        });
    }

    /** Sends the beginning of a message that is not kept. */
    public void sendBeginning(Request request, Inbox inbox, int present, int total) throws InterruptedException {
        Optional<MessageBuilder> own = locked(now -> {
            now.sends(request.traits());
            return missing(request, false);
        });
        own.ifPresent(this::writeOwn);
        turnGiven = true;
        if (own.isEmpty() || !locked(Exchange::isComparing) || isDescribed()) {
            sendOwn(failing -> {
                failIfChanged(failing);
                mark(request, inbox.byteAt(0), inbox.byteAt(5), 0);
            });
            delivered = true;
            write(inbox.view(0, present), present < total);
        }
    }

    /**
     * The statements that must be there. In a failed transaction every Parse fails, so that only the first message of all could
     * need one: its error is the answer.
     */
    private Collection<String> wanted(Request request) {
        if (exchange.transactionStatus() != 'E') {
            if (request.listsAfterBeginning()) {
                statements.lacking().forEach(request::refersTo);
            }
            return request.references();
        }
        return request.leading().map(List::of).orElse(List.of());
    }

    /** Sends the next piece of such a message. */
    public void sendRest(Inbox inbox, int length, boolean continues) {
        write(inbox.view(0, length), continues);
    }

    /** Waits until the backend's turn ends. */
    public Outcome await() throws InterruptedException {
        Outcome outcome = turnGiven ? awaitOutcome() : outcome();
        return outcome == Outcome.PENDING ? Outcome.CLIENTS_TURN : outcome;
    }

    private Outcome awaitOutcome() throws InterruptedException {
        waits.lazySet(waits.get() + 1);
        waiting = true;
        try {
            if (pipe.takeOver()) {
                replies.readOutcome();
                return outcome();
            }
            return awaitListener();
        } finally {
            waiting = false;
            watch.end();
        }
    }

    /** What comes is read by the pipe's own thread. */
    private Outcome awaitListener() throws InterruptedException {
        turn.begin();
        try {
            Outcome outcome = outcome();
            while (outcome == Outcome.PENDING) {
                turn.await();
                if (lasting) {
                    lasting = false;
                    watch.begin();
                }
                outcome = outcome();
            }
            return outcome;
        } finally {
            turn.end();
        }
    }

    private Outcome outcome() {
        return locked(Exchange::outcome);
    }

    /**
     * Leaves a standby that has refused as it was before: behind the error, outside any transaction.
     *
     * @return whether that succeeded; else the pipe is of no use any more
     */
    public boolean undo() throws InterruptedException {
        if (isSkipping() && !ask(Ledger.OWN_SYNC, FrontendMessage.sync())) {
            return false;
        }
        return transactionStatus() == 'I' || (run(FrontendMessage.query("ROLLBACK")) && transactionStatus() == 'I');
    }

    /**
     * Ends what the client has flushed and not ended, and what it has opened.
     *
     * @return whether that succeeded; else the pipe is of no use any more
     */
    public boolean finish() throws InterruptedException {
        return ask(Ledger.OWN_SYNC, FrontendMessage.sync()) && undo();
    }

    /**
     * Waits for the answers to all that was sent: what follows is for another pipe, and is not to be run after an error.
     *
     * @return whether they are with the client, and there is no error
     */
    public boolean drain() throws InterruptedException {
        sendOwn(own -> {
            exchange.send(FrontendTag.FLUSH);
            own.bytes(FrontendMessage.flush());
        });
        return await() == Outcome.CLIENTS_TURN && !isSkipping();
    }

    /**
     * Takes back what was sent under judgement, in the middle of its answer; {@link #finishTurnedAway} must follow, or the pipe is of
     * no use any more.
     *
     * @return false where it is too late: the client has the answer, or the request is settled
     */
    public boolean turnAway() {
        lock.lock();
        try {
            if (!exchange.turnAway()) {
                return false;
            }
            exchange.send(Ledger.OWN_SYNC);
            turnGiven = true;
        } finally {
            lock.unlock();
        }
        write(ByteBuffer.wrap(FrontendMessage.sync()), false);
        return true;
    }

    /** @return whether the pipe is as it was before; else it is of no use any more */
    public boolean finishTurnedAway() throws InterruptedException {
        return await() == Outcome.REFUSED && undo();
    }

    /**
     * Runs a statement of pgrouter's own, of whose reply the client sees nothing.
     *
     * @return false when the pipe is gone; whether the statement succeeded is not told
     */
    public boolean run(byte[] query) throws InterruptedException {
        return ask(Ledger.OWN_QUERY, query);
    }

    /**
     * Gives the pipe what it lacks of the session's state.
     *
     * @return whether it has taken it
     */
    public boolean catchUp(Journal journal) throws InterruptedException {
        if (journal.version() == givenVersion) {
            return true;
        }
        for (byte[] query : journal.catchUp(given)) {
            if (!run(FrontendMessage.query(query, 0, query.length)) || locked(Exchange::hasFailed)) {
                return false;
            }
        }
        has(journal);
        return true;
    }

    /** The state of the session is what was set here. */
    public void has(Journal journal) {
        given.clear();
        given.putAll(journal.settings());
        givenVersion = journal.version();
    }

    /**
     * Asks the server's process itself.
     *
     * @return the rows, as text in the session's encoding; empty where it could not answer
     */
    public Optional<List<List<Optional<String>>>> ask(byte[] query) throws InterruptedException {
        sendOwn(own -> {
            exchange.beginQuestion();
            exchange.send(Ledger.OWN_QUERY);
            own.bytes(FrontendMessage.query(query, 0, query.length));
        });
        boolean answered = await() == Outcome.ANSWERED && !locked(Exchange::hasFailed) && !hasHeardTooMuch();
        return answered
                ? Optional.of(Answers.rows(locked(Exchange::heard), StandardCharsets.ISO_8859_1))
                : Optional.empty();
    }

    /** Whether the answer to the last question was more than there is room for. */
    public boolean hasHeardTooMuch() {
        return locked(Exchange::hasHeardTooMuch);
    }

    /**
     * Makes the session's statements known on this pipe by themselves, each with a Sync of its own: before SQL that uses one of them
     * by name, which must not fail because another no longer parses.
     */
    public void catchUp(Collection<String> names) throws InterruptedException {
        if (names.isEmpty()) {
            return;
        }
        give(names);
        List<Statement> changed = locked(Exchange::takeChanged);
        if (!changed.isEmpty()) {
            standIn(changed);
        }
    }

    private void give(Collection<String> names) throws InterruptedException {
        sendOwn(own -> {
            exchange.beginOwn();
            names.forEach(name -> catchUp(name, own));
        });
        await();
    }

    /**
     * Gives the pipe all statements of the session, before SQL that lists them. A statement that is not what the client was told is in the
     * list, and not used. One that can no longer be made is not in it, and does not fail the client's transaction.
     */
    public void catchUpAll() throws InterruptedException {
        boolean isWithin = transactionStatus() == 'T';
        List<String> lacking = transactionStatus() == 'E' ? List.of() : locked(now -> statements.lacking());
        if (!isWithin && !lacking.isEmpty()) {
            give(lacking);
        }
        for (String name : isWithin ? lacking : List.<String>of()) {
            run(FrontendMessage.query("SAVEPOINT pgrouter"));
            give(List.of(name));
            if (transactionStatus() == 'E') {
                run(FrontendMessage.query("ROLLBACK TO SAVEPOINT pgrouter"));
            }
            run(FrontendMessage.query("RELEASE SAVEPOINT pgrouter"));
        }
    }

    /** Under the names of statements that are not what the client was told, there is something that fails when it is executed. */
    private void standIn(List<Statement> changed) throws InterruptedException {
        sendOwn(own -> {
            exchange.beginOwn();
            exchange.standsIn();
            for (Statement statement : changed) {
                close(statement.name(), own);
                Statement standIn = statement.standIn();
                exchange.send(Ledger.OWN_PARSE, standIn);
                exchange.send(Ledger.OWN_SYNC);
                own.bytes(standIn.recipe()).bytes(FrontendMessage.sync());
            }
        });
        await();
    }

    /** Asks the server what the statements are that SQL has prepared on it: the client may ask it too, and then it is told the same. */
    public void describe(Collection<Statement> prepared) throws InterruptedException {
        sendOwn(own -> {
            exchange.beginOwn();
            for (Statement statement : prepared) {
                describe(statement, own);
                exchange.send(Ledger.OWN_SYNC);
                own.bytes(FrontendMessage.sync());
            }
        });
        await();
    }

    private void describe(Statement statement, MessageBuilder own) {
        exchange.send(Ledger.OWN_DESCRIBE, statement);
        own.bytes(FrontendMessage.describeStatement(statement.name()));
    }

    private void catchUp(String name, MessageBuilder own) {
        int before = own.length();
        prepare(statements.missing(List.of(name)), own);
        if (own.length() > before) {
            exchange.send(Ledger.OWN_SYNC);
            own.bytes(FrontendMessage.sync());
        }
    }

    private boolean ask(byte mark, byte[] message) throws InterruptedException {
        sendOwn(own -> {
            exchange.beginOwn();
            exchange.send(mark);
            own.bytes(message);
        });
        return await() == Outcome.ANSWERED;
    }

    /** Whether an error was answered, and the backend drops all that comes before a Sync. */
    public boolean isSkipping() {
        return locked(now -> now.ledger().isSkipping());
    }

    /** Whether the client thread has to wait, or need not since all is answered. */
    public boolean isBackendsTurn() {
        return locked(now -> !now.isOpen() || !now.ledger().isClientsTurn());
    }

    /** Whether the present request is answered, refused or lost. */
    public boolean isSettled() {
        return locked(now -> !now.isOpen());
    }

    /** Whether it is, or nothing of its answer is to be the client's. */
    public boolean isDecided() {
        return locked(now -> !now.isOpen() || now.isTurnedAway());
    }

    public boolean isJudging() {
        return locked(Exchange::isJudging);
    }

    /** How many messages of the present reply the client has. */
    public int released() {
        return locked(Exchange::releasedMessages);
    }

    /** What the client has not seen of the end of the pipe. */
    public Optional<ErrorResponse> lastWords() {
        return locked(now -> now.lastWords());
    }

    /** Whether the client has the backend's own words on the end of the pipe. */
    public boolean areLastWordsPassed() {
        return locked(Exchange::areLastWordsPassed);
    }

    /** Whether the present reply has ended a transaction and kept it. */
    public boolean hasCommitted() {
        return locked(Exchange::hasCommitted);
    }

    /** Whether DISCARD ALL was among what the present reply answers. */
    public boolean hasDiscarded() {
        return locked(Exchange::hasDiscarded);
    }

    /** Whether a command tag of the present reply says that the schema was changed. */
    public boolean hasChangedSchema() {
        return locked(Exchange::hasChangedSchema);
    }

    /** Whether one of them may have changed what functions and views do. */
    public boolean hasChangedCode() {
        return locked(Exchange::hasChangedCode);
    }

    /** Whether the session's statement of this name is here. */
    public boolean hasStatement(String name) {
        return locked(now -> statements.has(name));
    }

    /** SQL has prepared a statement on this pipe. */
    public void prepared(Statement statement) {
        locked(() -> statements.prepared(statement));
    }

    /** SQL has taken a statement away here, whoever had made it. */
    public void deallocated(String name) {
        locked(() -> statements.deallocated(name));
    }

    /** Whether the backend reads copy data, and with it all that looks like a Sync. */
    public boolean isCopying() {
        return locked(now -> now.ledger().isCopying());
    }

    /** Whether the pipe has ended. */
    public boolean isLost() {
        return locked(now -> now.outcome() == Outcome.LOST);
    }

    /** Whether an error was among the present reply. */
    public boolean hasFailed() {
        return locked(Exchange::hasAnyFailed);
    }

    /** Whether a command of the present request has run to its end. */
    public boolean hasCompleted() {
        return locked(Exchange::hasCompleted);
    }

    /** What the error was that the reader has refused with. */
    public Refusal refusal() {
        return locked(Exchange::refusal);
    }

    /** Whether it has run other functions than were looked at, or nobody can tell. */
    public boolean hasOtherFunctions() {
        return locked(now -> now.hasOtherFunctions() || now.isUnchecked());
    }

    /** Its SQLSTATE. */
    public String refusedWith() {
        return locked(Exchange::refusedWith);
    }

    /** I, T or E: what the last ReadyForQuery said. */
    public byte transactionStatus() {
        return locked(Exchange::transactionStatus);
    }

    /** Whether a command tag of the present reply says that something was written. */
    public boolean hasWritten() {
        return locked(Exchange::hasWritten);
    }

    /** Sends pgrouter's own messages, of which every one was noted before: the reply may come at once. */
    private void sendOwn(Consumer<MessageBuilder> messages) {
        used = true;
        MessageBuilder own = new MessageBuilder();
        locked(() -> {
            messages.accept(own);
            turnGiven = !exchange.ledger().isClientsTurn();
        });
        writeOwn(own);
    }

    private void writeOwn(MessageBuilder own) {
        if (!own.isEmpty()) {
            write(ByteBuffer.wrap(own.toByteArray()), false);
        }
    }

    private void prepare(PipeStatements.Missing missing, MessageBuilder own) {
        missing.close().forEach(name -> close(name, own));
        missing.parse().forEach(statement -> give(statement, own));
    }

    private void give(Statement statement, MessageBuilder own) {
        if (statement.isBySql()) {
            exchange.send(Ledger.OWN_QUERY);
            statements.caughtUp(statement);
        } else {
            exchange.send(Ledger.OWN_PARSE, statement);
        }
        own.bytes(statement.recipe());
        if (statement.told().isTold()) {
            describe(statement, own);
        }
    }

    private void close(String name, MessageBuilder own) {
        exchange.send(Ledger.OWN_CLOSE, Statement.named(name));
        own.bytes(FrontendMessage.closeStatement(name));
    }

    /** Notes every message of the kept part from an offset on; those before it were sent already. */
    private void mark(Request request, Inbox inbox, int from) {
        if (Traits.has(request.traits(), Traits.MAY_WRITE)) {
            exchange.mayWriteToo();
        }
        int statement = 0;
        for (int at = 0; at < request.lengthOfMessages(); at += 1 + inbox.intAt(at + 1)) {
            byte tag = inbox.byteAt(at);
            byte kind = inbox.byteAt(at + 5 < inbox.available() ? at + 5 : at);
            boolean isMalformed = request.isMalformed(at);
            if (at >= from && isMalformed) {
                exchange.send(Ledger.malformed(tag));
            } else if (at >= from) {
                mark(request, tag, kind, statement);
            }
            statement += !isMalformed && isAboutStatement(tag, kind) ? 1 : 0;
        }
        if (request.lengthOfMessages() < request.length()) {
            exchange.send(Ledger.NO_MESSAGE);
        }
    }

    private void mark(Request request, byte tag, byte kind, int statement) {
        if (isAboutStatement(tag, kind)) {
            exchange.send(tag, request.statements().get(statement));
        } else {
            exchange.send(tag == FrontendTag.CLOSE ? Ledger.CLOSE_PORTAL : tag);
        }
    }

    private static boolean isAboutStatement(byte tag, byte kind) {
        return tag == FrontendTag.PARSE || tag == FrontendTag.DESCRIBE || (tag == FrontendTag.CLOSE && kind == 'S');
    }

    private void write(ByteBuffer messages, boolean continues) {
        try {
            pipe.outbox().write(messages, continues);
        } catch (IOException gone) {
            // Who reads the pipe finds the same out, and reads the backend's last words before.
        }
    }

    /** The question is one that nobody has to make: no request is to leave garbage for it. */
    private <T> T locked(Function<Exchange, T> question) {
        lock.lock();
        try {
            return question.apply(exchange);
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }
}
