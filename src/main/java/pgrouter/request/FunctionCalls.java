package pgrouter.request;

import java.util.Optional;
import pgrouter.cluster.Lsn;
import pgrouter.routing.FunctionCheck;
import pgrouter.routing.Functions;
import pgrouter.routing.ReadPosition;
import pgrouter.routing.Traits;

/**
 * The requirements of a read that calls functions of users: a standby that has them as they were read, or later ones,
 * and after the read the check whether they are still the same. Client thread only.
 */
public final class FunctionCalls {
    private static final long OWN_WISH = Traits.HINT_READER | Traits.READ_ONLY_TRANSACTION;

    private final TextAnalyzer texts;

    /** @param texts which know by what names the request was read */
    public FunctionCalls(TextAnalyzer texts) {
        this.texts = texts;
    }

    /** Whether the request may only run where its functions are checked; not where the client itself asks for a standby. */
    public boolean areChecked(Request request) {
        return Traits.has(request.traits(), Traits.CALLS) && !Traits.has(request.traits(), OWN_WISH);
    }

    /**
     * Whether the functions can be checked: the request has an end, after which to ask, or only pauses before that, and
     * does not reach more functions than can be asked for. What a Flush releases cannot be asked about.
     */
    public boolean canBeChecked(Request request) {
        return areChecked(request)
                && (request.end() != 0 || request.isPaused())
                && question(request).isPresent();
    }

    /** The check after the end of the request; empty where the end has not come. */
    public Optional<FunctionCheck> check(Request request) {
        return areChecked(request) && request.end() != 0 ? question(request) : Optional.empty();
    }

    private Optional<FunctionCheck> question(Request request) {
        return functions().flatMap(all -> all.check(request.calls()));
    }

    private Optional<Functions> functions() {
        return texts.suspects().functions();
    }

    /** The position that the request needs, and at least that of the session. */
    public ReadPosition needed(Request request, ReadPosition session) {
        if (!areChecked(request)) {
            return session;
        }
        Optional<Lsn> least = functions().flatMap(Functions::position);
        return least.isPresent() ? session.andAtLeast(least.get()) : session;
    }
}
