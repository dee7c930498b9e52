package pgrouter.session;

import java.io.IOException;
import java.nio.ByteBuffer;
import pgrouter.net.Outbox;
import pgrouter.net.Wire;

/**
 * The way to the client, shared by the threads of a session. A client that cannot be written to is gone: its wire is closed, which
 * ends the client thread and with it the session.
 */
final class ClientEnd {
    private final Wire wire;
    private final Outbox outbox;

    ClientEnd(Wire wire) {
        this.wire = wire;
        this.outbox = new Outbox(wire);
    }

    void write(byte[] bytes) {
        write(ByteBuffer.wrap(bytes), false);
    }

    /**
     * @param continues whether the last message goes on in this thread's next call
     * @return false when the client is gone
     */
    boolean write(ByteBuffer messages, boolean continues) {
        try {
            outbox.write(messages, continues);
            return true;
        } catch (IOException gone) {
            wire.close();
            return false;
        }
    }

    /** A thread writes no more. Where it leaves a message incomplete, no other could follow: the connection ends. */
    void abandon() {
        if (outbox.isWithinMessage()) {
            wire.close();
            outbox.abandon();
        }
    }

    void close() {
        wire.close();
    }
}
