package pgrouter.exchange;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import pgrouter.backend.ServerConnection;
import pgrouter.protocol.MessageBuilder;

/**
 * Sends messages to one server. Each is noted in the exchange before it is written: the reply may come at once.
 * Client thread only.
 */
final class MessageSender {
    private final ServerConnection connection;
    private final Exchange exchange;

    /** Whether the messages that were sent last have given the server the turn. */
    private boolean turnGiven;

    /** Whether anything was sent since the session has the connection. */
    private boolean used;

    MessageSender(ServerConnection connection, Exchange exchange) {
        this.connection = connection;
        this.exchange = exchange;
    }

    /**
     * Sends messages of pgrouter's own, in one write.
     *
     * @param messages notes and makes them, with the lock of the exchange
     */
    void sendOwn(Consumer<MessageBuilder> messages) {
        MessageBuilder own = new MessageBuilder();
        exchange.lock();
        try {
            messages.accept(own);
            noted();
        } finally {
            exchange.unlock();
        }
        write(own);
    }

    /** Messages were noted, and follow. Guarded by the lock of the exchange. */
    void noted() {
        used = true;
        turnGiven = !exchange.pending().isClientsTurn();
    }

    /** Nothing was sent: no thread waits for the server. */
    void nothingSent() {
        turnGiven = false;
    }

    boolean hasGivenTurn() {
        return turnGiven;
    }

    boolean isUsed() {
        return used;
    }

    void write(MessageBuilder own) {
        if (!own.isEmpty()) {
            write(ByteBuffer.wrap(own.toByteArray()), false);
        }
    }

    /** @param continues whether the last message goes on in the next call */
    void write(ByteBuffer messages, boolean continues) {
        try {
            connection.outbox().write(messages, continues);
        } catch (IOException gone) {
            // The thread that reads finds that out too, and reads the server's last error before.
        }
    }
}
