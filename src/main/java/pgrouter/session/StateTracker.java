package pgrouter.session;

import java.util.List;
import java.util.Optional;
import pgrouter.client.Memory;
import pgrouter.client.SessionException;
import pgrouter.config.Consistency;
import pgrouter.config.Transactions;
import pgrouter.exchange.Effect;
import pgrouter.exchange.Effects;
import pgrouter.exchange.Relay;
import pgrouter.log.Log;
import pgrouter.pool.NoPrimaryException;
import pgrouter.pool.PrimaryWait;
import pgrouter.protocol.SqlState;
import pgrouter.request.Request;
import pgrouter.request.TextAnalyzer;
import pgrouter.routing.Catalogs.Catalog;
import pgrouter.routing.Preference;
import pgrouter.routing.Router;
import pgrouter.routing.StateTraits;
import pgrouter.routing.SuspectNames;
import pgrouter.state.Pin;
import pgrouter.state.SessionState;

/**
 * Keeps the state of one session the same on all its server connections: asks the server where a request may have
 * changed it, and gives it to a server connection before that is used. Client thread only.
 */
final class StateTracker implements Router.Session {
    private static final Log LOG = Log.of("session");

    /** The effects of a request for which the server is asked, or that are noted. */
    private static final StateTraits NOTED = StateTraits.CHANGES
            .with(StateTraits.CLOSES)
            .with(StateTraits.LOCAL_SETTINGS)
            .with(StateTraits.LEAVES);

    private final Servers servers;
    private final TextAnalyzer texts;
    private final Catalog catalog;
    private final SessionState wanted;
    private final Memory.OfSession memory;
    private final KnownEffects effects;
    private final NameLookup lookup;
    private final StateQuestions questions;
    private final StrayChanges stray;
    private final OwnSettings own;
    private Optional<Relay> equipped = Optional.empty();

    StateTracker(Servers servers, TextAnalyzer texts, Catalog catalog, Rules rules) {
        this.servers = servers;
        this.texts = texts;
        this.catalog = catalog;
        this.memory = servers.statements().memory();
        this.wanted = new SessionState(memory);
        this.effects = new KnownEffects(wanted, servers);
        this.lookup = new NameLookup(servers, wanted);
        this.questions = new StateQuestions(servers, texts, wanted);
        this.stray = new StrayChanges(memory);
        this.own = new OwnSettings(rules.consistency(), rules.transactions());
    }

    /** Sets a parameter of pgrouter's own that the client has given at its start. */
    void startedWith(String setting, String value) {
        wanted.startedWith(setting, value);
        applyOwnSettings();
    }

    @Override
    public boolean isPinned() {
        return wanted.pin().isPresent();
    }

    /** Equal for two sessions of one login in which a name means the same. */
    long naming() {
        return wanted.naming();
    }

    /** Why the session stays on its writer. */
    Optional<Pin> pin() {
        return wanted.pin();
    }

    @Override
    public boolean isStateKnown() {
        return !wanted.isStale();
    }

    @Override
    public boolean isReadOnlyByDefault() {
        return wanted.isReadOnlyByDefault();
    }

    @Override
    public Preference preference() {
        return own.preference();
    }

    /** Whether DISCARD ALL undoes all that the session has set. */
    boolean isUndoable() {
        return wanted.isUndoable();
    }

    Consistency consistency() {
        return own.consistency();
    }

    Transactions transactions() {
        return own.transactions();
    }

    @Override
    public Optional<SuspectNames> suspects() {
        Optional<SuspectNames> now = catalog.suspects(lookup.path());
        return now.isPresent() && isReadBy(now.get()) ? now : Optional.empty();
    }

    /** A text that was assessed before the session's path was known was assessed for any path. */
    private boolean isReadBy(SuspectNames now) {
        SuspectNames then = texts.suspects();
        return then == now || then == now.whole();
    }

    /** @return whether texts must be assessed again: something else is suspicious now */
    boolean refreshSuspects() {
        Optional<SuspectNames> now = catalog.suspects(lookup.path());
        boolean changed = now.isPresent() && now.get() != texts.suspects();
        if (changed) {
            texts.suspects(now.get());
        }
        return changed;
    }

    /**
     * Brings a reader up to date.
     *
     * @return false where it did not take the state; if it still works, the session stays on its writer from then on
     */
    boolean giveTo(Relay reader) throws InterruptedException {
        if (reader.own().give(wanted)) {
            return lookup.isShared(reader);
        }
        if (!reader.hasEnded()) {
            LOG.info("stays on the primary: standby " + Servers.address(reader)
                    + " did not take over its state (SQLSTATE " + reader.own().sqlState() + ")");
            wanted.pin(Pin.REPLAY);
        }
        return false;
    }

    /**
     * Returns the connection to the primary, with all that the session has set.
     *
     * @throws NoPrimaryException where there is none
     * @throws SessionException where the session ends with the primary that is gone
     */
    Relay writer() throws NoPrimaryException, SessionException, InterruptedException {
        while (true) {
            Relay writer = servers.writer();
            if (equips(writer)) {
                return writer;
            }
        }
    }

    /**
     * The same for a request that may not need the primary after all.
     *
     * @return empty where the wait has found another way
     */
    Optional<Relay> writer(PrimaryWait wait) throws NoPrimaryException, SessionException, InterruptedException {
        while (true) {
            Optional<Relay> writer = servers.writer(wait);
            if (writer.isEmpty() || equips(writer.get())) {
                return writer;
            }
        }
    }

    /** @return false where the writer has ended meanwhile */
    private boolean equips(Relay writer) throws SessionException, InterruptedException {
        boolean done = isEquipped(writer) || writer.own().give(wanted);
        if (done) {
            equipped = Optional.of(writer);
        } else if (!writer.hasEnded()) {
            throw SessionException.fatal(
                    SqlState.ADMIN_SHUTDOWN,
                    "terminating connection: the new primary did not take over the state of this session (SQLSTATE "
                            + writer.own().sqlState() + ")");
        }
        return done;
    }

    private boolean isEquipped(Relay writer) {
        return equipped.isPresent() && equipped.get() == writer;
    }

    /** Whether a standby can replace the server that the session had. */
    boolean takesOver(Relay reader) {
        try {
            return giveTo(reader);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Notes that the session's server is gone, and with it the changes of its transaction. */
    void lost() {
        lookup.ended();
        wanted.forgetChanges();
        stray.forget();
        stray.settled();
    }

    /** Whether a request outside a transaction only takes away state that the session does not have on its writer. */
    boolean isForReader(Request request) {
        return effects.isForReader(request);
    }

    /**
     * Notes that a request was answered. Outside a transaction, the server is asked at once for what the request may
     * have changed.
     */
    void finished(Request request, Relay relay, Effects shown, boolean inTransaction)
            throws SessionException, InterruptedException, NoPrimaryException {
        if (shown.has(Effect.DISCARDED)) {
            wanted.discarded();
        }
        lookup.answered(request.state(), inTransaction);
        note(request, relay, shown, effects.answered(request, relay, shown, inTransaction));
        if (!inTransaction) {
            settle(relay);
        }
    }

    /** Notes that pgrouter itself has ended a transaction on a standby. */
    void ended(Relay reader, boolean kept) throws SessionException, InterruptedException, NoPrimaryException {
        stray.kept(kept);
        settle(reader);
    }

    private void note(Request request, Relay relay, Effects shown, StateTraits traits) throws SessionException {
        stray.kept(shown.has(Effect.COMMITTED));
        if (!traits.has(NOTED)) {
            return;
        }
        boolean onWriter = relay.isWriter();
        boolean known = traits.has(StateTraits.RESETS) && !traits.has(StateTraits.SETTINGS);
        StateTraits here = onWriter ? traits : traits.without(StateTraits.OF_PROCESS);
        wanted.note(
                here,
                known ? List.of() : request.changes().settings(),
                request.changes().named());
        if (!onWriter && traits.has(StateTraits.OF_PROCESS)) {
            stray.add(request.changes().texts(), traits.only(StateTraits.OF_PROCESS));
        }
    }

    private void settle(Relay relay) throws SessionException, InterruptedException, NoPrimaryException {
        lookup.ended();
        if (wanted.isStale() && !wanted.isPinnedForGood()) {
            ask(relay);
        }
        if (wanted.hasExceeded()) {
            staysAt(relay);
        }
        if (!stray.isEmpty()) {
            runStray(relay);
        }
        stray.settled();
        servers.bond().is(wanted.bond());
    }

    private void ask(Relay relay) throws SessionException, InterruptedException {
        if (!questions.ask(relay)) {
            return;
        }
        relay.own().has(wanted);
        if (!relay.isWriter()) {
            equipped = Optional.empty();
        }
        applyOwnSettings();
    }

    /**
     * Sets on the writer too what a read-only transaction on a standby has set and kept: from then on the session stays
     * there.
     */
    private void runStray(Relay reader) throws SessionException, InterruptedException, NoPrimaryException {
        if (stray.areKept(reader)) {
            Relay writer = writer();
            effects.writerWasUsed();
            stray.runOn(writer);
            wanted.note(stray.traits(), List.of(), List.of());
            servers.dropReader();
            if (wanted.isStale()) {
                ask(writer);
            }
        }
        stray.forget();
    }

    /** This server has everything that the session has set beyond the limit, and no other server can be given it. */
    private void staysAt(Relay relay) throws SessionException {
        if (!relay.isWriter()) {
            throw StrayChanges.noRoom(memory.excess());
        }
        servers.dropReader();
        relay.own().has(wanted);
    }

    private void applyOwnSettings() {
        own.take(wanted);
        texts.prefersReader(own.preference() == Preference.READER);
    }

    /** Returns a query that makes the server itself able to show pgrouter's settings. */
    byte[] ownSettings(String lastRoute) {
        return own.query(lastRoute);
    }
}
