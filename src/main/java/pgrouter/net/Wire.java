package pgrouter.net;

import java.io.IOException;

/**
 * One connection, as bytes. One thread reads and one thread writes at a time; closing is allowed from any thread and ends both
 * with an {@link IOException}.
 */
public interface Wire extends AutoCloseable {
    /**
     * Waits until something has arrived.
     *
     * @return how many bytes were put into the array, at least one; -1 when the peer has ended the stream
     */
    int read(byte[] bytes, int offset, int length) throws IOException;

    /** Waits until all of it was handed to the kernel. */
    void write(byte[] bytes, int offset, int length) throws IOException;

    /** Closes at once; what the kernel has taken is still sent. Closing twice is harmless. */
    @Override
    void close();
}
