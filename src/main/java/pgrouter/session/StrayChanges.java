package pgrouter.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pgrouter.client.Memory;
import pgrouter.client.SessionException;
import pgrouter.exchange.Relay;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendMessage;
import pgrouter.routing.StateTraits;

/**
 * The texts of a read-only transaction on a standby that have set what only a server's process itself can have. Where
 * the transaction has kept it, they have to run on the writer too. Client thread only.
 */
final class StrayChanges {
    private final Memory.OfSession memory;
    private final List<byte[]> texts = new ArrayList<>();
    private long bytes;
    private StateTraits traits = StateTraits.NONE;
    private boolean kept;

    StrayChanges(Memory.OfSession memory) {
        this.memory = memory;
    }

    /**
     * Adds Query messages.
     *
     * @param effects their possible effects
     * @throws SessionException where there is no room for them
     */
    void add(List<byte[]> changes, StateTraits effects) throws SessionException {
        long more = 0;
        for (byte[] change : changes) {
            more += Memory.OVERHEAD + change.length;
        }
        Optional<ErrorResponse> error = memory.error(more);
        if (error.isPresent()) {
            throw noRoom(error.get());
        }
        texts.addAll(changes);
        bytes += more;
        memory.take(more);
        traits = traits.with(effects);
    }

    /** State that only a standby's process has, and for which there is no room, cannot be given to the primary's process. */
    static SessionException noRoom(ErrorResponse error) {
        return SessionException.fatal(error.sqlState(), error.message());
    }

    /** Notes whether the standby has committed since the last transaction was settled. */
    void kept(boolean committed) {
        kept |= committed;
    }

    boolean isEmpty() {
        return texts.isEmpty();
    }

    /** Whether the standby has kept them. A lock outlives a rollback, where it was taken before. */
    boolean areKept(Relay reader) throws InterruptedException {
        return kept || (traits.has(StateTraits.ADVISORY) && StateQuestions.holdsLock(reader));
    }

    StateTraits traits() {
        return traits;
    }

    void runOn(Relay writer) throws InterruptedException {
        for (byte[] text : texts) {
            run(text, writer);
        }
    }

    /** A text that has opened a transaction, which was not its own on the standby, must not leave it open. */
    private static void run(byte[] text, Relay writer) throws InterruptedException {
        boolean done = writer.own().run(text);
        if (done && writer.transactionStatus() != 'I') {
            writer.own().run(FrontendMessage.query(writer.transactionStatus() == 'T' ? "COMMIT" : "ROLLBACK"));
        }
    }

    void forget() {
        texts.clear();
        traits = StateTraits.NONE;
        memory.take(-bytes);
        bytes = 0;
    }

    /** Notes that the session is not in a transaction any more. */
    void settled() {
        kept = false;
    }
}
