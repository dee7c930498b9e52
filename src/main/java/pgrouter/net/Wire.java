package pgrouter.net;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One connection, as bytes. One thread reads and one thread writes at a time. Any thread may close the wire, which ends
 * both with an {@link IOException}. The buffers are on the heap.
 */
public interface Wire extends AutoCloseable {
    /**
     * Waits until there is something to read, or the peer has ended the stream. The thread that waits here needs no
     * buffer yet.
     */
    void awaitInput() throws IOException;

    /**
     * The same, but {@link #dismiss} ends the wait too. Reading thread only.
     *
     * @return false where it was dismissed
     */
    boolean awaitInputOrDismissal() throws IOException;

    /**
     * The same, but only while the condition does not hold. The condition is asked before the wait, and again with each
     * dismissal. So a thread that makes it true and then calls {@link #dismiss} is never missed. Reading thread only.
     *
     * @return false where it holds
     */
    boolean awaitInputUnless(BooleanSupplier over) throws IOException;

    /** Ends the wait in one of the last two methods; without a waiting thread it has no effect. Any thread. */
    void dismiss();

    /**
     * Registers a task instead of a thread that waits. The task runs once when there is something to read, or the wire
     * is closed. It runs on any thread and must end soon. Reading thread only; no thread may read before the task runs.
     *
     * @return false where it will not be run: there may be something already
     */
    boolean onInput(Runnable task);

    /**
     * Takes the task of {@link #onInput} back; from then on the calling thread reads. Any thread.
     *
     * @return false where no task waits: it is running, or has run
     */
    boolean takeOver();

    /**
     * Reads what is there, and does not wait for more. Reading thread only. It may have to wait to write: in TLS an
     * answer to the peer's new keys.
     *
     * @param into has room
     * @return the number of bytes put into the buffer, 0 where there are none; -1 when the peer has ended the stream
     */
    int readNow(ByteBuffer into) throws IOException;

    /**
     * Waits until something has arrived.
     *
     * @param into has room
     * @return the number of bytes put into the buffer, at least one; -1 when the peer has ended the stream
     */
    int read(ByteBuffer into) throws IOException;

    /** Waits until all of the buffer was handed to the kernel. */
    void write(ByteBuffer from) throws IOException;

    /**
     * Whether a thread or a task waits for input, and none was seen when the carrier last polled the sockets. Any
     * thread.
     */
    boolean awaitsInput();

    /**
     * Whether neither input nor the end of the stream has arrived since the last read. For a thread that does not wait;
     * no other may wait.
     */
    boolean isQuiet();

    /** The peer's address; empty over a Unix-domain socket. */
    Optional<InetAddress> peer() throws IOException;

    /** Closes at once; what the kernel has taken is still sent. Closing twice is harmless. */
    @Override
    void close();
}
