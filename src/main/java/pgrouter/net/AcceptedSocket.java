package pgrouter.net;

import java.io.IOException;

/** A connection that has arrived, until {@link Poller#adopt} takes it: a poller takes those of its own kind of I/O. */
interface AcceptedSocket {
    void close() throws IOException;
}
