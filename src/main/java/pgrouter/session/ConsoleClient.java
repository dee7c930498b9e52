package pgrouter.session;

import java.io.IOException;
import pgrouter.client.ClientEnd;
import pgrouter.net.Inbox;

/** A client of the console, as the console sees it. Used by the client's thread. */
public final class ConsoleClient {
    private final String user;
    private final Inbox inbox;
    private final ClientEnd client;
    private final SessionPhase rest;
    private final Runnable leaveIfEnding;

    /** @param leaveIfEnding ends the session where pgrouter ends */
    ConsoleClient(String user, Inbox inbox, ClientEnd client, SessionPhase rest, Runnable leaveIfEnding) {
        this.user = user;
        this.inbox = inbox;
        this.client = client;
        this.rest = rest;
        this.leaveIfEnding = leaveIfEnding;
    }

    public String user() {
        return user;
    }

    /** What it has sent. */
    public Inbox inbox() {
        return inbox;
    }

    /** Whole messages. A client that is gone is found by the next read. */
    public void write(byte[] messages) {
        client.write(messages);
    }

    /**
     * Waits for so much of the next request, with nothing under way: another thread may end the session meanwhile.
     *
     * @return false where the client has left or the session has ended
     */
    public boolean awaitRequest(int bytes) throws IOException {
        rest.begin(true);
        leaveIfEnding.run();
        return inbox.await(bytes) && rest.end();
    }
}
