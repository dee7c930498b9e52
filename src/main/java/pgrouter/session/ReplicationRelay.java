package pgrouter.session;

import java.io.IOException;
import java.util.Optional;
import pgrouter.backend.Pipe;
import pgrouter.net.Inbox;

/**
 * A replication connection: after the login every byte passes between the client and the primary as it is, in both directions at
 * the same time (CopyBoth, protocol-replication.html). Either end closes both.
 */
final class ReplicationRelay implements CancelRegistry.Target {
    private final Pipe primary;
    private final Inbox inbox;
    private final ClientEnd client;

    ReplicationRelay(Pipe primary, Inbox inbox, ClientEnd client) {
        this.primary = primary;
        this.inbox = inbox;
        this.client = client;
    }

    /** Until one of the two leaves. Runs on the client thread; the other direction has a virtual thread of its own. */
    void run(String name) throws IOException {
        primary.carrier().start(name + "-replication", this::fromPrimary);
        try (primary) {
            do {
                primary.outbox().write(inbox.view(0, inbox.available()), false);
                inbox.consume(inbox.available());
            } while (inbox.fill(0));
        } finally {
            client.close();
        }
    }

    private void fromPrimary() {
        Inbox answers = primary.inbox();
        try {
            boolean open = true;
            while (open) {
                open = client.write(answers.view(0, answers.available()), false)
                        && consumed(answers).fill(0);
            }
        } catch (IOException gone) {
            // The same as the end of the stream.
        } finally {
            client.close();
            primary.close();
        }
    }

    private static Inbox consumed(Inbox answers) {
        answers.consume(answers.available());
        return answers;
    }

    @Override
    public Optional<Pipe> pipeAtWork() {
        return Optional.of(primary);
    }
}
