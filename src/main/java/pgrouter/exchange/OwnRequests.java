package pgrouter.exchange;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.MessageBuilder;
import pgrouter.request.Statement;
import pgrouter.state.ServerState;
import pgrouter.state.SessionState;

/**
 * Requests of pgrouter's own to one server, between those of the client, which sees nothing of their replies. They
 * give the session's state to the server's process, query the process, and restore its former state. Client thread
 * only.
 */
public final class OwnRequests {
    private final Exchange exchange;
    private final MessageSender sender;
    private final ReadHandoff handoff;
    private final Preparation preparation;
    private final ServerState state = new ServerState();

    OwnRequests(Exchange exchange, MessageSender sender, ReadHandoff handoff, Preparation preparation) {
        this.exchange = exchange;
        this.sender = sender;
        this.handoff = handoff;
        this.preparation = preparation;
    }

    /**
     * Runs a statement.
     *
     * @return false where the connection is lost; whether the statement succeeded is not reported
     */
    public boolean run(byte[] query) throws InterruptedException {
        return reply(Mark.OWN_QUERY, query) instanceof Reply.Complete;
    }

    private Reply reply(byte mark, byte[] message) throws InterruptedException {
        return reply(own -> {
            exchange.beginOwn();
            exchange.send(mark);
            own.bytes(message);
        });
    }

    private Reply reply(Consumer<MessageBuilder> messages) throws InterruptedException {
        sender.sendOwn(messages);
        return handoff.await(sender);
    }

    /** Whether such a request has run to its end without an error; null, where no reply has come in time, is none. */
    static boolean isSuccess(Reply reply) {
        return reply instanceof Reply.Complete complete && !complete.effects().has(Effect.FAILED);
    }

    /**
     * Gives the process the parameters of the session that it lacks, and resets the others.
     *
     * @return whether it has them now
     */
    public boolean give(SessionState wanted) throws InterruptedException {
        List<byte[]> queries = state.to(wanted).queries();
        // By index: every read asks, and an iterator would be garbage.
        for (int i = 0; i < queries.size(); i++) {
            byte[] query = queries.get(i);
            if (!isSuccess(reply(Mark.OWN_QUERY, FrontendMessage.query(query, 0, query.length)))) {
                return false;
            }
        }
        has(wanted);
        return true;
    }

    /** The session's parameters are those that were set here. */
    public void has(SessionState wanted) {
        if (!state.isOf(wanted)) {
            state.has(wanted);
        }
    }

    /** The SQLSTATE with which the process has refused the last state. */
    public String sqlState() {
        return exchange.locked(now -> now.reply().firstError().sqlState());
    }

    /**
     * Queries the process itself.
     *
     * @return the rows, as text in the session's encoding; empty where it could not answer
     */
    public Optional<List<List<Optional<String>>>> ask(byte[] query) throws InterruptedException {
        Reply reply = reply(own -> {
            exchange.beginQuestion();
            exchange.send(Mark.OWN_QUERY);
            own.bytes(FrontendMessage.query(query, 0, query.length));
        });
        return isSuccess(reply) && !hasHeardTooMuch()
                ? Optional.of(takeAnswer(StandardCharsets.ISO_8859_1))
                : Optional.empty();
    }

    List<List<Optional<String>>> takeAnswer(Charset charset) {
        return Answers.rows(exchange.locked(now -> now.answer().take()), charset);
    }

    /** Whether the answer to the last question was larger than the room for it. */
    public boolean hasHeardTooMuch() {
        return exchange.locked(now -> now.answer().isTooMuch());
    }

    /**
     * Gives the process the session's statements of these names, each with a Sync of its own. This happens before SQL
     * that uses one of them by name, which must not fail because another one no longer parses.
     */
    public void prepare(Collection<String> names) throws InterruptedException {
        if (names.isEmpty()) {
            return;
        }
        give(names);
        List<Statement> changed = exchange.locked(now -> now.descriptions().takeChanged());
        if (!changed.isEmpty()) {
            standIn(changed);
        }
    }

    private void give(Collection<String> names) throws InterruptedException {
        reply(own -> {
            exchange.beginOwn();
            names.forEach(name -> preparation.giveAlone(name, own));
        });
    }

    /** Replaces the statements that differ from the description that the client has: the substitute fails when it is executed. */
    private void standIn(List<Statement> changed) throws InterruptedException {
        reply(own -> {
            exchange.beginOwn();
            changed.forEach(statement -> preparation.standIn(statement, own));
        });
    }

    /**
     * Gives the process all statements of the session, before SQL that lists them. A statement that differs from the
     * description that the client has is in the list, and not used. One that can no longer be prepared is not in the
     * list, and does not fail the client's transaction.
     */
    public void prepareAll() throws InterruptedException {
        byte status = transactionStatus();
        List<String> lacking = status == 'E'
                ? List.of()
                : exchange.locked(now -> now.statements().lacking());
        if (status == 'T') {
            for (String name : lacking) {
                prepareInSavepoint(name);
            }
        } else if (!lacking.isEmpty()) {
            give(lacking);
        }
    }

    private void prepareInSavepoint(String name) throws InterruptedException {
        run(FrontendMessage.query("SAVEPOINT pgrouter"));
        give(List.of(name));
        if (transactionStatus() == 'E') {
            run(FrontendMessage.query("ROLLBACK TO SAVEPOINT pgrouter"));
        }
        run(FrontendMessage.query("RELEASE SAVEPOINT pgrouter"));
    }

    /** Asks for the descriptions of statements that SQL has prepared. The client may ask for them too, and then gets the same. */
    public void describe(Collection<Statement> prepared) throws InterruptedException {
        reply(own -> {
            exchange.beginOwn();
            prepared.forEach(statement -> preparation.describeAlone(statement, own));
        });
    }

    /**
     * Restores the state of a standby that has refused: after the error, outside any transaction.
     *
     * @return whether that succeeded; else the connection is unusable
     */
    public boolean undo() throws InterruptedException {
        boolean skips = exchange.locked(now -> now.pending().isSkipping());
        if (skips && !sync()) {
            return false;
        }
        return transactionStatus() == 'I' || (run(FrontendMessage.query("ROLLBACK")) && transactionStatus() == 'I');
    }

    /**
     * Ends what the client has flushed and not ended, and the transaction that it has opened.
     *
     * @return whether that succeeded; else the connection is unusable
     */
    public boolean finish() throws InterruptedException {
        return sync() && undo();
    }

    /**
     * Restores the state of a standby that has run a request too early, and may still be at work on it.
     *
     * @param atMost how long to wait for the end of that, in nanoseconds
     * @return whether that succeeded; else the connection is unusable
     */
    public boolean settle(long atMost) throws InterruptedException {
        sender.sendOwn(own -> {
            exchange.send(Mark.OWN_SYNC);
            own.bytes(FrontendMessage.sync());
        });
        return handoff.awaitSettled(atMost) && undo();
    }

    private boolean sync() throws InterruptedException {
        return reply(Mark.OWN_SYNC, FrontendMessage.sync()) instanceof Reply.Complete;
    }

    private byte transactionStatus() {
        return exchange.locked(now -> now.reply().transactionStatus());
    }
}
