package pgrouter.exchange;

import java.util.Optional;
import pgrouter.protocol.ErrorResponse;
import pgrouter.request.CachedPlan;

/**
 * Errors that pgrouter itself has made the server have, and the words in which the client hears of them. Part of an {@link Exchange},
 * and guarded as that.
 */
final class OwnErrors {
    private ErrorResponse words = CachedPlan.CHANGED;
    private boolean mayStandIn;

    /** A Parse follows that is to fail. */
    void expect(ErrorResponse inTheseWords) {
        words = inTheseWords;
    }

    /** From now on a statement may be there that stands in for one that has changed. */
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
