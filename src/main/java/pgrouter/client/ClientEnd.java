package pgrouter.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import pgrouter.net.MessageWriter;
import pgrouter.net.Wire;

/**
 * The way to the client, shared by the threads of a session. A client that cannot be written to is gone: its wire is
 * closed, which ends the client thread and with it the session.
 */
public final class ClientEnd {
    private final Wire wire;
    private final MessageWriter outbox;

    /** Whether the client has ended its stream, or has sent Terminate: it reads no more. */
    private volatile boolean left;

    /** Whether nothing can be written any more, and nothing need be done for the client. */
    private volatile boolean gone;

    public ClientEnd(Wire wire) {
        this.wire = wire;
        this.outbox = new MessageWriter(wire);
    }

    /** Writes whole messages. The thread that reads from the client finds out by itself where the client is gone. */
    public void write(byte[] messages) {
        try {
            write(ByteBuffer.wrap(messages), false);
        } catch (ClientGoneException found) {
            // The wire is closed, which ends the read too.
        }
    }

    /**
     * Writes nothing to a client that has left; what it has sent before goes on.
     *
     * @param continues whether the last message goes on in this thread's next call
     */
    public void write(ByteBuffer messages, boolean continues) throws ClientGoneException {
        if (left && !gone) {
            return;
        }
        try {
            outbox.write(messages, continues);
        } catch (IOException e) {
            close();
            throw new ClientGoneException(e);
        }
    }

    /** Notes that the client was seen to leave while a request of its own is under way. Any thread. */
    void left() {
        left = true;
    }

    /** Whether it was: the client does not wait for an answer any more. Any thread. */
    public boolean hasLeft() {
        return left;
    }

    /** Whether the client cannot be written to any more. Any thread. */
    public boolean isGone() {
        return gone;
    }

    /** A thread stops writing. Where it leaves a message incomplete, no other message could follow: the connection ends. */
    public void abandon() {
        if (outbox.isWithinMessage()) {
            close();
            outbox.abandon();
        }
    }

    /** Wakes the thread that waits for more from the client, so that it checks whether it still must wait. */
    public void wake() {
        wire.dismiss();
    }

    public void close() {
        gone = true;
        wire.close();
    }
}
