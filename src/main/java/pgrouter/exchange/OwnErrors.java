package pgrouter.exchange;

import java.util.Optional;
import pgrouter.protocol.ErrorResponse;
import pgrouter.request.CachedPlan;

/**
 * The errors that pgrouter itself has caused on the server, and the errors that the client gets instead. Part of an
 * {@link Exchange}, and guarded by its lock.
 */
final class OwnErrors {
    private ErrorResponse words = CachedPlan.CHANGED;
    private boolean mayStandIn;

    /** A Parse follows that is to fail. */
    void expect(ErrorResponse inTheseWords) {
        words = inTheseWords;
    }

    /** From now on a substitute may stand for a statement that has changed. */
    void standIn() {
        mayStandIn = true;
    }

    /** @param isExpected whether the error is that of the Parse that was to fail */
    Optional<ErrorResponse> words(ErrorResponse error, boolean isExpected) {
        if (isExpected) {
            return Optional.of(words);
        }
        return mayStandIn && CachedPlan.isOfStandIn(error) ? Optional.of(CachedPlan.CHANGED) : Optional.empty();
    }
}
