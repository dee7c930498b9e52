package pgrouter.session;

import java.io.IOException;
import java.util.Map;
import pgrouter.protocol.ProtocolException;

/** The console for administrators, which takes the place of a database. Any thread. */
public interface Console {
    /** The console where none is configured. */
    Console NONE = new Console() {
        @Override
        public boolean isAt(String database) {
            return false;
        }

        @Override
        public boolean admits(String user) {
            return false;
        }

        @Override
        public Map<String, String> greeting(Map<String, String> startup) {
            return Map.of();
        }

        @Override
        public void serve(ConsoleClient caller) {
            throw new IllegalStateException("there is no console");
        }
    };

    /** Whether a client of this database is a client of the console. */
    boolean isAt(String database);

    /** Whether the user, who has logged in, may use it. */
    boolean admits(String user);

    /**
     * Returns the parameters that a client is told before it is served.
     *
     * @param startup the parameters of its startup message
     */
    Map<String, String> greeting(Map<String, String> startup);

    /**
     * Answers a client after its login, until it leaves. Runs on the client's thread.
     *
     * @throws IOException where the client is gone
     * @throws ProtocolException where the client has violated the protocol; the caller reports it
     */
    void serve(ConsoleClient caller) throws IOException, InterruptedException;
}
