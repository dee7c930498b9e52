package pgrouter.console;

import java.util.List;

/** What the console can do with the process that it runs in. Any thread. */
public interface Operations {
    /**
     * Reads the configuration again, as on SIGHUP, and waits until that is done.
     *
     * @return what is wrong with the files: then nothing was changed
     */
    List<String> reload() throws InterruptedException;

    /** Ends pgrouter as SIGTERM does; returns at once. */
    void shutDown();

    /** Ends the process as a second SIGTERM does; does not return. */
    void shutDownAtOnce();

    /**
     * Ends a client, whatever is under way.
     *
     * @return whether there is one
     */
    boolean kill(long client);
}
