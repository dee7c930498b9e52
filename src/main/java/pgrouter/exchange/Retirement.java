package pgrouter.exchange;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import pgrouter.pool.PoolKey;
import pgrouter.pool.ServerPool;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.MessageBuilder;

/**
 * Resets a server's process to the state that a new session finds, and leaves the connection without a reader, so
 * that another session can have it. Client thread only.
 */
final class Retirement {
    /** How long a server may take to reset a session. No thread waits for it, but the connection is not worth more time. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final ServerLink link;
    private final Exchange exchange;
    private final MessageSender sender;
    private final ReplyReader reader;
    private final OwnRequests own;
    private final ServerPool pool;

    Retirement(
            ServerLink link,
            Exchange exchange,
            MessageSender sender,
            ReplyReader reader,
            OwnRequests own,
            ServerPool pool) {
        this.link = link;
        this.exchange = exchange;
        this.sender = sender;
        this.reader = reader;
        this.own = own;
        this.pool = pool;
    }

    /**
     * An unused process has nothing to reset: it must only answer. In one write with DISCARD ALL it is asked whether
     * it is as new.
     *
     * @return whether the connection can serve another session; else it is unusable
     */
    boolean retire(PoolKey login) throws InterruptedException {
        boolean discards = sender.isUsed();
        sender.sendOwn(messages -> {
            exchange.beginQuestion();
            if (discards) {
                ask("DISCARD ALL", messages);
                pool.question(link.connection()).ifPresent(question -> ask(question, messages));
            } else {
                exchange.send(Mark.OWN_SYNC);
                messages.bytes(FrontendMessage.sync());
            }
            reader.retire();
        });
        if (!OwnRequests.isSuccess(reader.handoff().await(PATIENCE.toNanos())) || (discards && !isAsNew(login))) {
            return false;
        }
        return reader.handoff().awaitRetired(PATIENCE.toNanos())
                && link.connection().leaves();
    }

    private void ask(String query, MessageBuilder messages) {
        exchange.send(Mark.OWN_QUERY);
        messages.bytes(FrontendMessage.query(query));
    }

    private boolean isAsNew(PoolKey login) {
        return pool.isAsNew(link.connection(), login, own.takeAnswer(StandardCharsets.UTF_8));
    }
}
