package pgrouter.session;

import java.io.IOException;
import java.util.Optional;
import pgrouter.backend.ServerConnection;
import pgrouter.client.ClientEnd;
import pgrouter.client.ClientGoneException;
import pgrouter.net.Inbox;

/**
 * A replication connection. After the login every byte passes between the client and the primary unchanged, in both
 * directions at the same time (CopyBoth, protocol-replication.html). The end of either side closes both.
 */
final class ReplicationRelay implements CancelRegistry.Target {
    private final ServerConnection primary;
    private final Inbox inbox;
    private final ClientEnd client;

    /** The primary has ended the connection. */
    private volatile boolean lost;

    private boolean deserted;

    ReplicationRelay(ServerConnection primary, Inbox inbox, ClientEnd client) {
        this.primary = primary;
        this.inbox = inbox;
        this.client = client;
    }

    /**
     * Whether the client has left, and not the primary: the work of its server process may have to be cancelled.
     * Valid after {@link #run}.
     */
    boolean isDeserted() {
        return deserted;
    }

    /** Relays until one of the two leaves. Runs on the client thread; the other direction has a virtual thread of its own. */
    void run(String name) throws IOException {
        primary.carrier().start(name + "-replication", this::fromPrimary);
        try (primary) {
            passOn();
        } finally {
            client.close();
        }
    }

    private void passOn() throws IOException {
        try {
            boolean open = true;
            while (open) {
                open = toPrimary() && inbox.fill(0);
            }
        } finally {
            deserted = !lost;
        }
    }

    /** @return false where the primary is gone */
    private boolean toPrimary() {
        try {
            primary.outbox().write(inbox.view(0, inbox.available()), false);
        } catch (IOException gone) {
            lost = true;
            return false;
        }
        inbox.consume(inbox.available());
        return true;
    }

    private void fromPrimary() {
        Inbox answers = primary.inbox();
        try {
            boolean open = true;
            while (open) {
                client.write(answers.view(0, answers.available()), false);
                answers.consume(answers.available());
                open = answers.fill(0);
            }
            lost = true;
        } catch (IOException primaryGone) {
            lost = true;
        } catch (ClientGoneException clientGone) {
            // The other thread finds out by itself.
        } finally {
            client.close();
            primary.close();
        }
    }

    @Override
    public Optional<ServerConnection> connectionAtWork() {
        return Optional.of(primary);
    }
}
