package pgrouter.session;

import java.io.IOException;
import java.util.Map;
import pgrouter.protocol.ProtocolException;

/** What stands in the place of a database for those who look after pgrouter. Any thread. */
public interface Console {
    /** Where there is none. */
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

    /** Whether a client of this database is the console's. */
    boolean isAt(String database);

    /** Whether the user, who has logged in, may use it. */
    boolean admits(String user);

    /**
     * The parameters that a client is told before it is served.
     *
     * @param startup those of its startup message
     */
    Map<String, String> greeting(Map<String, String> startup);

    /**
     * Answers a client that was greeted, until it leaves. Runs on the client's thread.
     *
     * @throws IOException where the client is gone
     * @throws ProtocolException where it has sent what the protocol does not allow; the caller tells it
     */
    void serve(ConsoleClient caller) throws IOException, InterruptedException;
}
