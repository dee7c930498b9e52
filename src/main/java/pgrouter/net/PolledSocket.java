package pgrouter.net;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.Optional;

/** One connected socket of a {@link Poller}. No method waits. One thread reads and one thread writes at a time. */
interface PolledSocket {
    /** The conditions that a poller watches. */
    enum Condition {
        READABLE,
        WRITABLE
    }

    /** The owner of a socket. The poller calls it on the thread of its carrier. */
    interface Owner {
        void isReadable();

        void isWritable();

        /** The socket was closed while it was polled. */
        void isClosed();
    }

    /** Names the owner. Called once, before the first {@link #watch}. */
    void ownedBy(Owner owner);

    /** @return the number of bytes read, 0 where there are none; -1 when the peer has ended the stream */
    int read(ByteBuffer into) throws IOException;

    /** @return the number of bytes that the kernel has taken */
    int write(ByteBuffer from) throws IOException;

    /**
     * Notifies the owner of this condition, as long as it holds, until {@link #ignore}. Any thread.
     *
     * @return false where it was watched already; else the poller must be woken to see it
     * @throws AsynchronousCloseException when the socket is closed
     */
    boolean watch(Condition condition) throws AsynchronousCloseException;

    /** Ends {@link #watch}. On the thread of the carrier, within a call of the owner. */
    void ignore(Condition condition);

    /** The peer's address; empty over a Unix-domain socket. */
    Optional<InetAddress> peer() throws IOException;

    /** Closes at once; the descriptor may be released only with the next poll. Any thread; closing twice is harmless. */
    void close();
}
