package pgrouter.net;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One connection, as bytes. One thread reads and one thread writes at a time; closing is allowed from any thread and ends both
 * with an {@link IOException}. The buffers are on the heap.
 */
public interface Wire extends AutoCloseable {
    /**
     * Waits until there is something to read, or the peer has ended the stream: whoever waits here needs no buffer yet. It may
     * return early, where waiting without a buffer is not possible: then {@link #read} waits.
     */
    void awaitInput() throws IOException;

    /**
     * The same for who need not wait on: {@link #dismiss} ends the waiting too. For the thread that reads.
     *
     * @return false where it was dismissed
     */
    default boolean awaitInputOrDismissal() throws IOException {
        awaitInput();
        return true;
    }

    /**
     * The same for who need not wait on where this holds: it is asked before the waiting, and again with each dismissal. So who makes
     * it true and then calls {@link #dismiss} is never missed. For the thread that reads.
     *
     * @return false where it holds
     */
    default boolean awaitInputUnless(BooleanSupplier over) throws IOException {
        awaitInput();
        return true;
    }

    /**
     * Ends the waiting in one of the last two; where nobody waits, nothing happens. Any thread.
     */
    default void dismiss() {}

    /**
     * In the stead of a thread that waits: when there is something to read, or the wire has been closed, the task is run once, on
     * any thread and soon done. For who reads, and nobody may before.
     *
     * @return false where it will not be run: there may be something already, or only a thread can wait here
     */
    default boolean onInput(Runnable task) {
        return false;
    }

    /**
     * Takes the task of {@link #onInput} back: who asks reads from now on. Any thread.
     *
     * @return false where none waits: it is run, or was
     */
    default boolean takeOver() {
        return false;
    }

    /** Whether this kind of wire has {@link #onInput}, and a {@link #readNow} that never waits: else only a thread can wait. */
    default boolean canDoWithoutThread() {
        return false;
    }

    /**
     * Reads what is there, and does not wait for more; but where {@link #canDoWithoutThread} does not hold it waits as {@link #read}.
     * For the thread that reads. It may have to wait to write: in TLS an answer to the peer's new keys.
     *
     * @param into has room
     * @return how many bytes were put into the buffer, 0 where nothing is there; -1 when the peer has ended the stream
     */
    default int readNow(ByteBuffer into) throws IOException {
        return read(into);
    }

    /**
     * Waits until something has arrived.
     *
     * @param into has room
     * @return how many bytes were put into the buffer, at least one; -1 when the peer has ended the stream
     */
    int read(ByteBuffer into) throws IOException;

    /** Waits until all that the buffer has was handed to the kernel. */
    void write(ByteBuffer from) throws IOException;

    /**
     * Whether a thread or a task waits for input, and none was seen when its carrier last looked at the sockets. It never holds where
     * the carrier cannot tell. Any thread.
     */
    default boolean awaitsInput() {
        return false;
    }

    /** Whether nothing has come since the last read, nor the end of the stream. For who does not wait; nobody else may. */
    boolean isQuiet();

    /** The peer's address; empty over a Unix-domain socket. */
    Optional<InetAddress> peer() throws IOException;

    /** Closes at once; what the kernel has taken is still sent. Closing twice is harmless. */
    @Override
    void close();
}
