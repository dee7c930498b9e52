package pgrouter.session;

import java.io.IOException;
import pgrouter.client.ClientEnd;
import pgrouter.net.Inbox;

/** A client of the console, as the console sees it. Client thread only. */
public final class ConsoleClient {
    private final String user;
    private final Inbox inbox;
    private final ClientEnd client;
    private final SessionPhase phase;
    private final Runnable leaveIfEnding;

    /** @param leaveIfEnding ends the session where pgrouter ends */
    ConsoleClient(String user, Inbox inbox, ClientEnd client, SessionPhase phase, Runnable leaveIfEnding) {
        this.user = user;
        this.inbox = inbox;
        this.client = client;
        this.phase = phase;
        this.leaveIfEnding = leaveIfEnding;
    }

    public String user() {
        return user;
    }

    /** The messages that the client has sent. */
    public Inbox inbox() {
        return inbox;
    }

    /** Sends whole messages. The next read detects a client that is gone. */
    public void write(byte[] messages) {
        client.write(messages);
    }

    /**
     * Waits for this many bytes of the next request, with nothing under way. Another thread may end the session
     * meanwhile.
     *
     * @return false where the client has left or the session has ended
     */
    public boolean awaitRequest(int bytes) throws IOException {
        phase.begin(true);
        leaveIfEnding.run();
        return inbox.await(bytes) && phase.end();
    }
}
