package pgrouter.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import pgrouter.net.MessageWriter;
import pgrouter.net.Wire;

/**
 * The way to the client, shared by the threads of a session. A client that cannot be written to is gone: its wire is closed, which
 * ends the client thread and with it the session.
 */
public final class ClientEnd {
    private final Wire wire;
    private final MessageWriter outbox;

    /** The client has ended its stream, or has said Terminate: it reads no more. */
    private volatile boolean left;

    /** Nothing can be written any more, nor is to be done for the client. */
    private volatile boolean gone;

    public ClientEnd(Wire wire) {
        this.wire = wire;
        this.outbox = new MessageWriter(wire);
    }

    /** Whole messages. The thread that reads from the client finds out by itself where the client is gone. */
    public void write(byte[] messages) {
        try {
            write(ByteBuffer.wrap(messages), false);
        } catch (ClientGoneException found) {
            // The wire is closed, which ends the reading too.
        }
    }

    /**
     * To a client that has left nothing is written: what it has sent before goes on.
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

    /** The client was seen to leave while a request of its own is under way. Any thread. */
    void left() {
        left = true;
    }

    /** Whether it was: nobody waits for an answer any more. Any thread. */
    public boolean hasLeft() {
        return left;
    }

    /** Whether the client cannot be written to any more. Any thread. */
    public boolean isGone() {
        return gone;
    }

    /** A thread writes no more. Where it leaves a message incomplete, no other could follow: the connection ends. */
    public void abandon() {
        if (outbox.isWithinMessage()) {
            close();
            outbox.abandon();
        }
    }

    /** Lets the thread that waits for the client to say more look whether it still has to. */
    public void wake() {
        wire.dismiss();
    }

    public void close() {
        gone = true;
        wire.close();
    }
}
