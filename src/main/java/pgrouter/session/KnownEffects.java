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
 * The effects on a session of texts that only take state away ({@link Traits#RESETS}) or only set parameters
 * ({@link Traits#ASSIGNS}). They are known from the text once it has succeeded, so that the server need not be asked.
 * Client thread only.
 */
final class KnownEffects {
    private static final long PARAMETERS = Traits.SETTINGS | Traits.ALL_SETTINGS;

    private final Journal journal;
    private final Servers servers;

    /** Whether something on the writer may have drawn from a sequence. Only DISCARD undoes that, and no query shows it. */
    private boolean writerIsUsed;

    KnownEffects(Journal journal, Servers servers) {
        this.journal = journal;
        this.servers = servers;
    }

    /**
     * Whether the writer has nothing of what a request outside a transaction takes away. Then a standby answers the
     * request as the primary would. Where the session is pinned, the writer may have more.
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

    /** Only the writer gives PostgreSQL's own answer to an unknown name. */
    private boolean isAtReader(String statement) {
        return servers.statements().find(statement).isPresent() && !servers.isOnlyAtWriter(statement);
    }

    /** Notes that the writer was used for something that no request shows. */
    void writerWasUsed() {
        writerIsUsed = true;
    }

    /**
     * Notes the known effects of an answered request.
     *
     * @param shown the effects that the reply has shown
     * @param inTransaction whether one is open now, and so was before a request that these are about
     * @return the traits whose effects are not known yet
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

    /** No rollback undoes a DEALLOCATE. The other effects are certain where no transaction is open. */
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

    /** Where the server reports a parameter, its report decides. A function may not be the one that it seems. */
    private boolean isTold(String name, String value, boolean byCall) {
        Optional<String> reported = servers.reported().value(name);
        return reported.isPresent() ? reported.get().equalsIgnoreCase(value) : !byCall;
    }
}
