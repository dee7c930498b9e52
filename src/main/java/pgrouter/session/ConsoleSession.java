package pgrouter.session;

import java.io.IOException;
import java.util.Map;
import pgrouter.client.ClientConnection;
import pgrouter.client.Greeting;
import pgrouter.client.SessionException;
import pgrouter.protocol.SqlState;

/**
 * The session of an administrator who has logged in to the console. It has no server connections: its process id is the
 * number of the client. Client thread only.
 *
 * @param parameters of the startup message
 */
record ConsoleSession(SessionParts parts, Greeting greeting, String user, Map<String, String> parameters)
        implements SessionKind {
    @Override
    public boolean run() throws IOException, SessionException, InterruptedException {
        Console console = parts.services().console();
        if (!console.admits(user)) {
            throw SessionException.fatal(SqlState.INSUFFICIENT_PRIVILEGE, "permission denied for the console");
        }
        ClientConnection connection = parts.connection();
        greeting.send(console.greeting(parameters), (int) connection.number());
        console.serve(new ConsoleClient(user, connection.inbox(), connection.end(), parts.phase(), this::endIfEnding));
        return false;
    }

    private void endIfEnding() {
        if (parts.services().sessions().isEnding()) {
            parts.termination().endIfResting();
        }
    }
}
