package pgrouter.session;

import java.util.Map;
import java.util.Optional;
import pgrouter.exchange.Effect;
import pgrouter.exchange.Effects;
import pgrouter.exchange.Relay;
import pgrouter.request.Request;
import pgrouter.routing.Traits;
import pgrouter.state.Journal;

/**
 * What texts do to a session that only take state away ({@link Traits#RESETS}) or only set parameters ({@link Traits#ASSIGNS}): it
 * is known from the text once that has succeeded, so that the server need not be asked. Used by the client thread.
 */
final class KnownEffects {
    private static final long PARAMETERS = Traits.SETTINGS | Traits.ALL_SETTINGS;

    private final Journal journal;
    private final Servers servers;

    /** Something was done on the writer that may have drawn from a sequence, which only DISCARD undoes and nobody can ask about. */
    private boolean writerIsUsed;

    KnownEffects(Journal journal, Servers servers) {
        this.journal = journal;
        this.servers = servers;
    }

    /**
     * Whether a request outside a transaction finds nothing on the writer of what it takes away. Then a standby answers it as the
     * primary would; where the session is pinned, it may find more.
     */
    boolean isForReader(Request request) {
        return request.isOnly(Traits.RESETS)
                && request.end() != 0
                && !findsParameters(request)
                && !(writerIsUsed && Traits.has(request.traits(), Traits.FORGETS_SEQUENCES))
                && request.named().stream().allMatch(this::isAtReader);
    }

    private boolean findsParameters(Request request) {
        boolean all = Traits.has(request.traits(), Traits.ALL_SETTINGS) && !journal.isAsAtLogin();
        return all || request.settings().stream().anyMatch(journal::hasSet);
    }

    /** PostgreSQL's own answer to an unknown name is the writer's. */
    private boolean isAtReader(String statement) {
        return servers.statements().find(statement).isPresent() && !servers.isOnlyAtWriter(statement);
    }

    /** The writer was used for something that no request tells of. */
    void writerWasUsed() {
        writerIsUsed = true;
    }

    /**
     * A request was answered: what of it is known is noted.
     *
     * @param shown what the reply has shown
     * @param inTransaction whether one is open now, and so was before a request that these are about
     * @return the traits of what is not known yet
     */
    long answered(Request request, Relay pipe, Effects shown, boolean inTransaction) {
        boolean resets = request.isOnly(Traits.RESETS);
        boolean assigns = request.isOnly(Traits.ASSIGNS);
        if (pipe.isWriter()) {
            boolean known = resets || assigns;
            writerIsUsed = !known || (writerIsUsed && !shown.has(Effect.DISCARDED));
        }
        if (resets) {
            return reset(request, pipe, shown, inTransaction);
        }
        long traits = request.traits() & ~Traits.RESETS;
        boolean certain = assigns && pipe.isWriter() && !inTransaction && hasSucceeded(shown);
        return certain && assigned(request, pipe) ? Traits.NONE : traits;
    }

    private static boolean hasSucceeded(Effects shown) {
        return shown.has(Effect.COMPLETED) && !shown.has(Effect.FAILED);
    }

    /** What DEALLOCATE does no rollback undoes; the rest is certain where no transaction is open. */
    private long reset(Request request, Relay pipe, Effects shown, boolean inTransaction) {
        boolean succeeded = hasSucceeded(shown);
        long traits = request.traits();
        if (succeeded) {
            request.named().forEach(pipe::deallocated);
        }
        boolean nothingDone = !shown.has(Effect.COMPLETED) && !Traits.has(traits, Traits.MULTIPLE);
        if (succeeded || nothingDone) {
            traits &= ~Traits.STATEMENTS;
        }
        if (inTransaction) {
            return traits;
        }
        if (!pipe.isWriter()) {
            return traits & (succeeded ? Traits.NONE : PARAMETERS | Traits.STATEMENTS);
        }
        return succeeded ? traits & ~resetParameters(request, pipe) : traits;
    }

    private long resetParameters(Request request, Relay pipe) {
        if (Traits.has(request.traits(), PARAMETERS)) {
            journal.reset(
                    Traits.has(request.traits(), Traits.ALL_SETTINGS)
                            ? journal.settings().keySet()
                            : request.settings());
            pipe.own().has(journal);
        }
        return PARAMETERS;
    }

    private boolean assigned(Request request, Relay pipe) {
        Map<String, String> values = request.assigned();
        boolean byCall = Traits.has(request.traits(), Traits.ASSIGNS_BY_CALL);
        if (!values.entrySet().stream().allMatch(each -> isTold(each.getKey(), each.getValue(), byCall))) {
            return false;
        }
        values.forEach(journal::assigned);
        pipe.own().has(journal);
        return true;
    }

    /** Where the server reports a parameter, that has the last word. A function may not be the one that it seems. */
    private boolean isTold(String name, String value, boolean byCall) {
        Optional<String> reported = servers.reported().value(name);
        return reported.isPresent() ? reported.get().equalsIgnoreCase(value) : !byCall;
    }
}
