package pgrouter.console;

import java.util.List;

/** The operations of the console on the process that it runs in. Any thread. */
public interface Operations {
    /**
     * Reads the configuration again, as on SIGHUP, and waits until that is done.
     *
     * @return the problems of the files; where there are any, nothing was changed
     */
    List<String> reload() throws InterruptedException;

    /** Ends pgrouter as SIGTERM does; returns at once. */
    void shutDown();

    /** Ends the process as a second SIGTERM does; does not return. */
    void shutDownAtOnce();

    /**
     * Ends a client, even with a request under way.
     *
     * @return whether there is such a client
     */
    boolean kill(long client);
}
