package pgrouter.session;

import java.util.Map;
import java.util.Optional;
import pgrouter.exchange.Effect;
import pgrouter.exchange.Effects;
import pgrouter.exchange.Relay;
import pgrouter.request.Request;
import pgrouter.routing.StateTraits;
import pgrouter.routing.Traits;
import pgrouter.state.SessionState;

/**
 * The effects on a session of texts that only take state away ({@link StateTraits#RESETS}) or only set parameters
 * ({@link StateTraits#ASSIGNS}). They are known from the text once it has succeeded, so that the server need not be asked.
 * Client thread only.
 */
final class KnownEffects {
    private static final StateTraits PARAMETERS = StateTraits.PARAMETERS;
    private static final StateTraits ON_READER = PARAMETERS.with(StateTraits.STATEMENTS);

    private final SessionState wanted;
    private final Servers servers;

    /** Whether something on the writer may have drawn from a sequence. Only DISCARD undoes that, and no query shows it. */
    private boolean writerIsUsed;

    KnownEffects(SessionState wanted, Servers servers) {
        this.wanted = wanted;
        this.servers = servers;
    }

    /**
     * Whether the writer has nothing of what a request outside a transaction takes away. Then a standby answers the
     * request as the primary would. Where the session is pinned, the writer may have more.
     */
    boolean isForReader(Request request) {
        return request.kind().isOnly(StateTraits.RESETS)
                && request.end() != 0
                && !findsParameters(request)
                && !(writerIsUsed && request.state().has(StateTraits.FORGETS_SEQUENCES))
                && request.changes().named().stream().allMatch(this::isAtReader);
    }

    private boolean findsParameters(Request request) {
        boolean all = request.state().has(StateTraits.ALL_SETTINGS) && !wanted.isAsAtLogin();
        return all || request.changes().settings().stream().anyMatch(wanted::hasSet);
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
    StateTraits answered(Request request, Relay relay, Effects shown, boolean inTransaction) {
        boolean resets = request.kind().isOnly(StateTraits.RESETS);
        boolean assigns = request.kind().isOnly(StateTraits.ASSIGNS);
        if (relay.isWriter()) {
            boolean known = resets || assigns;
            writerIsUsed = !known || (writerIsUsed && !shown.has(Effect.DISCARDED));
        }
        if (resets) {
            return reset(request, relay, shown, inTransaction);
        }
        StateTraits traits = request.state().without(StateTraits.RESETS);
        boolean certain = assigns && relay.isWriter() && !inTransaction && hasSucceeded(shown);
        return certain && assigned(request, relay) ? StateTraits.NONE : traits;
    }

    private static boolean hasSucceeded(Effects shown) {
        return shown.has(Effect.COMPLETED) && !shown.has(Effect.FAILED);
    }

    /** No rollback undoes a DEALLOCATE. The other effects are certain where no transaction is open. */
    private StateTraits reset(Request request, Relay relay, Effects shown, boolean inTransaction) {
        boolean succeeded = hasSucceeded(shown);
        StateTraits traits = request.state();
        if (succeeded) {
            request.changes().named().forEach(relay::deallocated);
        }
        boolean nothingDone = !shown.has(Effect.COMPLETED) && !Traits.has(request.traits(), Traits.MULTIPLE);
        if (succeeded || nothingDone) {
            traits = traits.without(StateTraits.STATEMENTS);
        }
        if (inTransaction) {
            return traits;
        }
        if (!relay.isWriter()) {
            return succeeded ? StateTraits.NONE : traits.only(ON_READER);
        }
        if (!succeeded) {
            return traits;
        }
        resetParameters(request, relay);
        return traits.without(PARAMETERS);
    }

    private void resetParameters(Request request, Relay relay) {
        if (request.state().has(PARAMETERS)) {
            wanted.reset(
                    request.state().has(StateTraits.ALL_SETTINGS)
                            ? wanted.settings().keySet()
                            : request.changes().settings());
            relay.own().has(wanted);
        }
    }

    private boolean assigned(Request request, Relay relay) {
        Map<String, String> values = request.changes().assigned();
        boolean byCall = request.state().has(StateTraits.ASSIGNS_BY_CALL);
        if (!values.entrySet().stream().allMatch(each -> isTold(each.getKey(), each.getValue(), byCall))) {
            return false;
        }
        values.forEach(wanted::assigned);
        relay.own().has(wanted);
        return true;
    }

    /** Where the server reports a parameter, its report decides. A function may not be the one that it seems. */
    private boolean isTold(String name, String value, boolean byCall) {
        Optional<String> reported = servers.reported().value(name);
        return reported.isPresent() ? reported.get().equalsIgnoreCase(value) : !byCall;
    }
}
