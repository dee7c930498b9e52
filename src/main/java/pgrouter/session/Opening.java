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
 * @param untouched whether nothing else was done in it
 * @param oneSnapshot whether its first statement decides what all of them see
 */
record Opening(byte[] message, boolean untouched, boolean oneSnapshot) {
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

    /** Returns the opening by a request that a standby has answered, empty where only that standby can go on. */
    static Optional<Opening> by(Request request, Effects shown) {
        boolean oneSnapshot = Traits.has(request.traits(), Traits.ONE_SNAPSHOT);
        boolean only = request.kind().isOnlyOpening();
        boolean reads = !oneSnapshot && !Traits.has(request.traits(), Traits.MULTIPLE) && leavesNothing(request, shown);
        return only || reads
                ? request.opening().map(message -> new Opening(message, only, oneSnapshot))
                : Optional.empty();
    }

    /** Returns it after a request in the transaction. */
    Optional<Opening> after(Request request, Effects shown) {
        return !oneSnapshot && leavesNothing(request, shown)
                ? Optional.of(untouched ? new Opening(message, false, false) : this)
                : Optional.empty();
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
