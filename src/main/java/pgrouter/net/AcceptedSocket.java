package pgrouter.net;

import java.io.IOException;

/** An accepted connection, until {@link Poller#adopt} takes it over. A poller accepts those of its own kind of I/O only. */
interface AcceptedSocket {
    void close() throws IOException;
}
