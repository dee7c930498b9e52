package pgrouter.session;

import java.util.Optional;
import pgrouter.exchange.Effect;
import pgrouter.exchange.Effects;
import pgrouter.request.Request;
import pgrouter.routing.Traits;

/**
 * The opening of a read-only transaction on a standby. Another server can open the transaction as well, as long as the
 * requests in it leave nothing there, and each of its statements sees its own moment. Immutable.
 *
 * @param message the Query that has opened it
 * @param oneSnapshot whether its first statement decides what all of them see
 * @param course how far it has come since then
 */
record Opening(byte[] message, boolean oneSnapshot, Course course) {
    /** How far a read-only transaction has come. */
    enum Course {
        /** Nothing. */
        UNTOUCHED,
        /** Reads that leave nothing. */
        READ,
        /** Something that another server would lack, or whose result differs from server to server. */
        LEFT
    }

    /**
     * The traits of a request that leaves something in its transaction, or whose result may differ from server to server.
     * A hint for a standby hides the others.
     */
    private static final long LEAVES = Traits.NOT_OPTIMISTIC
            | Traits.CONTROLS_TRANSACTION
            | Traits.ADJUSTS_TRANSACTION
            | Traits.ENDS_FIRST
            | Traits.NAMES_PORTAL
            | Traits.HINT_READER;

    /** Returns the opening by a request that a standby has answered; empty where its text is not known. */
    static Optional<Opening> by(Request request, Effects shown) {
        boolean oneSnapshot = Traits.has(request.traits(), Traits.ONE_SNAPSHOT);
        boolean reads = !oneSnapshot && !Traits.has(request.traits(), Traits.MULTIPLE) && leavesNothing(request, shown);
        Course rest = reads ? Course.READ : Course.LEFT;
        Course course = request.kind().isOnlyOpening() ? Course.UNTOUCHED : rest;
        return request.opening().map(message -> new Opening(message, oneSnapshot, course));
    }

    /** Returns it after a request in the transaction. */
    Opening after(Request request, Effects shown) {
        if (oneSnapshot || !leavesNothing(request, shown)) {
            return stays();
        }
        return course == Course.UNTOUCHED ? new Opening(message, false, Course.READ) : this;
    }

    /** The same of a transaction that no other server can go on with. */
    Opening stays() {
        return course == Course.LEFT ? this : new Opening(message, oneSnapshot, Course.LEFT);
    }

    /** The same of a transaction that has read, and has one snapshot without a word of its opening. */
    Opening ofOneSnapshot() {
        return new Opening(message, true, Course.LEFT);
    }

    /** Whether nothing was done in the transaction yet. */
    boolean untouched() {
        return course == Course.UNTOUCHED;
    }

    /** Whether another server can go on with the transaction. */
    boolean canMove() {
        return course != Course.LEFT;
    }

    /** Whether the next read sees what its server has by then. */
    boolean seesLater() {
        return untouched() || !oneSnapshot;
    }

    private static boolean leavesNothing(Request request, Effects shown) {
        boolean harmless = request.kind().isOnlyOwnSetting() || !Traits.has(request.traits(), LEAVES);
        return harmless
                && request.isWhole()
                && request.state().isNone()
                && !shown.has(Effect.SUSPENDED)
                && !shown.has(Effect.FAILED);
    }
}
