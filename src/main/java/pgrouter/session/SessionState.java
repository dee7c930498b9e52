package pgrouter.session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import pgrouter.client.Memory;
import pgrouter.client.SessionException;
import pgrouter.config.Consistency;
import pgrouter.exchange.Effect;
import pgrouter.exchange.Effects;
import pgrouter.exchange.Relay;
import pgrouter.log.Log;
import pgrouter.pool.NoPrimaryException;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.SqlState;
import pgrouter.request.Request;
import pgrouter.request.Statement;
import pgrouter.request.TextAnalyzer;
import pgrouter.routing.Catalogs.Catalog;
import pgrouter.routing.Preference;
import pgrouter.routing.Router;
import pgrouter.routing.StateTraits;
import pgrouter.routing.SuspectNames;
import pgrouter.state.Journal;
import pgrouter.state.Pin;
import pgrouter.state.SqlText;

/**
 * Keeps the state of one session the same on all its server connections: asks the server where a request may have
 * changed it, and gives it to a reader before that is used. Client thread only.
 */
final class SessionState implements Router.Session {
    private static final Log LOG = Log.of("session");

    /** The effects of a request for which the server is asked, or that are noted. */
    private static final StateTraits NOTED = StateTraits.CHANGES
            .with(StateTraits.CLOSES)
            .with(StateTraits.LOCAL_SETTINGS)
            .with(StateTraits.LEAVES);

    private static final String ROUTE = "pgrouter.route";
    private static final String CONSISTENCY = "pgrouter.consistency";

    private final Servers servers;
    private final TextAnalyzer texts;
    private final Catalog catalog;
    private final Consistency usual;
    private final Journal journal;
    private final Memory.OfSession memory;
    private final KnownEffects effects;
    private final NameLookup lookup;
    private final List<byte[]> stray = new ArrayList<>();
    private long strayBytes;
    private Optional<Relay> equipped = Optional.empty();
    private StateTraits strayTraits = StateTraits.NONE;
    private boolean strayIsKept;
    private Preference preference = Preference.AUTO;
    private Consistency consistency;

    SessionState(Servers servers, TextAnalyzer texts, Catalog catalog, Consistency usual) {
        this.servers = servers;
        this.texts = texts;
        this.catalog = catalog;
        this.usual = usual;
        this.memory = servers.statements().memory();
        this.journal = new Journal(memory);
        this.effects = new KnownEffects(journal, servers);
        this.lookup = new NameLookup(servers, journal);
        this.consistency = usual;
    }

    /** Sets a parameter of pgrouter's own that the client has given at its start. */
    void startedWith(String setting, String value) {
        journal.startedWith(setting, value);
        applyOwnSettings();
    }

    @Override
    public boolean isPinned() {
        return journal.pin().isPresent();
    }

    /** Equal for two sessions of one login in which a name means the same. */
    long naming() {
        return journal.naming();
    }

    /** Why the session stays on its writer. */
    Optional<Pin> pin() {
        return journal.pin();
    }

    @Override
    public boolean isStateKnown() {
        return !journal.isStale();
    }

    @Override
    public boolean isReadOnlyByDefault() {
        return journal.isReadOnlyByDefault();
    }

    @Override
    public Preference preference() {
        return preference;
    }

    /** Whether DISCARD ALL undoes all that the session has set. */
    boolean isUndoable() {
        return journal.isUndoable();
    }

    Consistency consistency() {
        return consistency;
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
        if (reader.own().give(journal)) {
            return lookup.isShared(reader);
        }
        if (!reader.hasEnded()) {
            LOG.info("stays on the primary: standby " + Servers.address(reader)
                    + " did not take over its state (SQLSTATE " + reader.own().sqlState() + ")");
            journal.pin(Pin.REPLAY);
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
            if (isEquipped(writer) || writer.own().give(journal)) {
                equipped = Optional.of(writer);
                return writer;
            }
            if (!writer.hasEnded()) {
                throw SessionException.fatal(
                        SqlState.ADMIN_SHUTDOWN,
                        "terminating connection: the new primary did not take over the state of this session (SQLSTATE "
                                + writer.own().sqlState() + ")");
            }
        }
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
        journal.forgetChanges();
        forgetStray();
        strayIsKept = false;
    }

    /** Whether a request outside a transaction only takes away state that the session does not have on its writer. */
    boolean isForReader(Request request) {
        return effects.isForReader(request);
    }

    /**
     * Notes that a request was answered. Outside a transaction, the server is asked at once for what the request may
     * have changed.
     */
    void finished(Request request, Relay pipe, Effects shown, boolean inTransaction)
            throws SessionException, InterruptedException, NoPrimaryException {
        if (shown.has(Effect.DISCARDED)) {
            journal.discarded();
        }
        lookup.answered(request.state(), inTransaction);
        note(request, pipe, shown, effects.answered(request, pipe, shown, inTransaction));
        if (!inTransaction) {
            settle(pipe);
        }
    }

    /** Notes that pgrouter itself has ended a transaction on a standby. */
    void ended(Relay reader, boolean kept) throws SessionException, InterruptedException, NoPrimaryException {
        strayIsKept |= kept;
        settle(reader);
    }

    private void note(Request request, Relay pipe, Effects shown, StateTraits traits) throws SessionException {
        if (!traits.has(NOTED)) {
            strayIsKept |= shown.has(Effect.COMMITTED);
            return;
        }
        boolean onWriter = pipe.isWriter();
        boolean known = traits.has(StateTraits.RESETS) && !traits.has(StateTraits.SETTINGS);
        StateTraits here = onWriter ? traits : traits.without(StateTraits.OF_PROCESS);
        journal.note(here, known ? List.of() : request.settings(), request.named());
        if (!onWriter && traits.has(StateTraits.OF_PROCESS)) {
            stray(request.stateChanges());
            strayTraits = strayTraits.with(traits.only(StateTraits.OF_PROCESS));
        }
        strayIsKept |= shown.has(Effect.COMMITTED);
    }

    private void settle(Relay pipe) throws SessionException, InterruptedException, NoPrimaryException {
        lookup.ended();
        if (journal.isStale() && !journal.isPinnedForGood()) {
            ask(pipe);
        }
        if (journal.hasExceeded()) {
            staysAt(pipe);
        }
        if (!stray.isEmpty()) {
            runStray(pipe);
        }
        strayIsKept = false;
        servers.bond().is(journal.bond());
    }

    private void ask(Relay pipe) throws SessionException, InterruptedException {
        Optional<List<List<Optional<String>>>> answer = pipe.own().ask(journal.question());
        if (pipe.own().hasHeardTooMuch()) {
            journal.exceed();
        }
        if (answer.isEmpty()) {
            endIfUnknowable(pipe);
            return;
        }
        Set<String> asked = journal.staleStatements();
        List<Journal.Prepared> prepared = journal.answered(answer.get());
        List<Statement> found = asked.stream()
                .flatMap(name -> compare(name, prepared, pipe).stream())
                .toList();
        if (!found.isEmpty()) {
            pipe.own().describe(found);
        }
        pipe.own().has(journal);
        if (!pipe.isWriter()) {
            equipped = Optional.empty();
        }
        applyOwnSettings();
    }

    /** The value that the client was told to have set cannot be asked for any more. */
    private void endIfUnknowable(Relay pipe) throws SessionException, InterruptedException {
        if (pipe.isOver()) {
            servers.checkEnd();
            throw SessionException.fatal(
                    SqlState.ADMIN_SHUTDOWN,
                    "terminating connection: the backend " + Servers.address(pipe)
                            + " was lost, and with it what this session has set last");
        }
    }

    /** @return the statement where SQL has prepared it */
    private Optional<Statement> compare(String name, List<Journal.Prepared> prepared, Relay pipe) {
        Optional<Journal.Prepared> found = prepared.stream()
                .filter(statement -> statement.name().equals(name))
                .findFirst();
        if (found.isEmpty()) {
            pipe.deallocated(name);
        } else if (found.get().bySql()) {
            byte[] text = found.get().text().getBytes(StandardCharsets.ISO_8859_1);
            byte[] query = (found.get().text() + "\0").getBytes(StandardCharsets.ISO_8859_1);
            Statement statement =
                    Statement.bySql(name, FrontendMessage.query(query, 0, query.length), texts.prepared(text));
            if (!memory.fits(statement.bytes())) {
                journal.exceed();
                return Optional.empty();
            }
            pipe.prepared(statement);
            return Optional.of(statement);
        }
        return Optional.empty();
    }

    /**
     * Sets on the writer too what a read-only transaction on a standby has set and kept, where only a server's
     * process itself can have it: from then on the session stays there. A lock outlives a rollback, where it was
     * taken before.
     */
    private void runStray(Relay pipe) throws SessionException, InterruptedException, NoPrimaryException {
        if (strayIsKept || (strayTraits.has(StateTraits.ADVISORY) && holdsLock(pipe))) {
            Relay writer = writer();
            effects.writerWasUsed();
            for (byte[] change : stray) {
                runOn(writer, change);
            }
            journal.note(strayTraits, List.of(), List.of());
            servers.dropReader();
            if (journal.isStale()) {
                ask(writer);
            }
        }
        forgetStray();
    }

    private void stray(List<byte[]> changes) throws SessionException {
        long more = 0;
        for (byte[] change : changes) {
            more += Memory.OVERHEAD + change.length;
        }
        endIfTooMuch(memory.error(more));
        stray.addAll(changes);
        strayBytes += more;
        memory.take(more);
    }

    private void forgetStray() {
        stray.clear();
        strayTraits = StateTraits.NONE;
        memory.take(-strayBytes);
        strayBytes = 0;
    }

    /** This server has everything that the session has set beyond the limit, and no other server can be given it. */
    private void staysAt(Relay pipe) throws SessionException {
        if (!pipe.isWriter()) {
            endIfTooMuch(Optional.of(memory.excess()));
        }
        servers.dropReader();
        pipe.own().has(journal);
    }

    /** State that only a standby's process has, and for which there is no room, cannot be given to the primary's process. */
    private static void endIfTooMuch(Optional<ErrorResponse> error) throws SessionException {
        if (error.isPresent()) {
            throw SessionException.fatal(error.get().sqlState(), error.get().message());
        }
    }

    /** A process that is gone holds none. */
    private static boolean holdsLock(Relay pipe) throws InterruptedException {
        return pipe.own()
                .ask(Journal.question(Pin.ADVISORY))
                .filter(Journal::isYes)
                .isPresent();
    }

    /** A text that has opened a transaction, which was not its own on the standby, must not leave it open. */
    private static void runOn(Relay writer, byte[] change) throws InterruptedException {
        boolean done = writer.own().run(change);
        if (done && writer.transactionStatus() != 'I') {
            writer.own().run(FrontendMessage.query(writer.transactionStatus() == 'T' ? "COMMIT" : "ROLLBACK"));
        }
    }

    /** A value that cannot be understood is ignored. */
    private void applyOwnSettings() {
        preference = journal.setting(ROUTE).flatMap(Preference::of).orElse(Preference.AUTO);
        consistency = journal.setting(CONSISTENCY)
                .flatMap(SessionState::consistencyOf)
                .orElse(usual);
        texts.prefersReader(preference == Preference.READER);
    }

    private static Optional<Consistency> consistencyOf(String word) {
        for (Consistency each : Consistency.values()) {
            if (each.name().equals(word.toUpperCase(Locale.ROOT))) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** A query that makes the server itself able to show pgrouter's settings: in any protocol, format and transaction. */
    byte[] ownSettings(String lastRoute) {
        return FrontendMessage.query("SELECT pg_catalog.set_config(name, value, false) FROM (VALUES "
                + "('" + ROUTE + "', coalesce(nullif(pg_catalog.current_setting('" + ROUTE + "', true), ''), 'auto')), "
                + "('" + CONSISTENCY + "', coalesce(nullif(pg_catalog.current_setting('" + CONSISTENCY
                + "', true), ''), '" + usual.name().toLowerCase(Locale.ROOT) + "')), "
                + "('pgrouter.last_route', " + SqlText.literal(lastRoute) + ")) AS own (name, value)");
    }
}
