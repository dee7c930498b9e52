package pgrouter.exchange;

import java.util.Optional;

/** How far the client's present request and its reply have come on one server. Any thread. */
public final class Progress {
    private final Exchange exchange;

    Progress(Exchange exchange) {
        this.exchange = exchange;
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

    /** The digest of the replies of the transaction, where the request was recorded. */
    public Digest digest() {
        return exchange.locked(now -> now.digest().value());
    }

    /** Whether the request was interrupted, as by a timeout: its error says nothing about the data. Only where it was recorded. */
    public boolean isInterrupted() {
        return exchange.locked(now -> now.digest().interruption().isPresent());
    }

    /** How many messages of the present reply the client has. */
    public int deliveredMessages() {
        return exchange.locked(now -> now.reply().delivered().count());
    }

    /** How the server has waited for a position before it ran the request. */
    public ReplayAnswer replay() {
        return exchange.locked(now -> now.reply().replayWait().answer());
    }

    /** Whether the server has run functions that differ from the assessed ones, or whether that cannot be known. */
    public boolean hasOtherFunctions() {
        return exchange.locked(now -> now.reply().verification().differs()
                || now.reply().verification().isMissing());
    }

    /** The loss of the connection, where it has ended. */
    public Optional<Reply.Lost> loss() {
        return exchange.locked(now -> now.reply().loss());
    }
}
