package pgrouter.routing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The traits that the statements of one text have shown so far. Used again for each text. An instance belongs to one scanner. */
final class ScanResult {
    /** Parameters that end with their transaction, however they are set. */
    private static final Set<String> OF_TRANSACTION =
            Set.of("transaction_isolation", "transaction_read_only", "transaction_deferrable");

    private final List<String> settings = new ArrayList<>();
    private final List<String> statements = new ArrayList<>();
    private final List<String> executed = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private long traits;
    private StateTraits state = StateTraits.NONE;
    private int count;
    private boolean opensTransaction;

    /** Begins another text. */
    void reset(long wish) {
        empty(settings);
        empty(statements);
        empty(executed);
        empty(calls);
        traits = wish;
        state = StateTraits.NONE;
        count = 0;
        opensTransaction = false;
    }

    /** Writes nothing if the list is empty, as it is after most texts. */
    private static void empty(List<String> list) {
        if (!list.isEmpty()) {
            list.clear();
        }
    }

    /** Begins another statement of the text. */
    void begin() {
        count++;
        traits |= count > 1 ? Traits.MULTIPLE : 0;
    }

    /** @return bits of {@link Traits} */
    long traits() {
        return traits;
    }

    StateTraits state() {
        return state;
    }

    void add(long more) {
        traits |= more;
    }

    /** Notes what the text may do to the session. */
    void add(StateTraits more) {
        state = state.with(more);
    }

    boolean has(long trait) {
        return Traits.has(traits, trait);
    }

    /** Notes that the text was not understood, and may do anything. */
    void unclear() {
        traits = Traits.WRITER;
        state = StateTraits.UNKNOWN;
    }

    /** Whether the present statement is the first of the text. */
    boolean isFirst() {
        return count == 1;
    }

    /** Notes that a statement opens a transaction for the writer. */
    void opensTransaction() {
        opensTransaction = true;
    }

    /** Notes whether the transaction that a statement opens or adjusts has one snapshot. */
    void hasOneSnapshot(boolean one) {
        traits = one ? traits | Traits.ONE_SNAPSHOT : traits & ~Traits.ONE_SNAPSHOT;
    }

    /** Whether the text has opened a transaction, and a standby can run all that it has opened so far as read-only ones. */
    boolean isReadOnly() {
        return has(Traits.READ_ONLY_TRANSACTION) && !opensTransaction;
    }

    /** Whether a request for a standby can be granted: state and read-write transactions belong to the writer. */
    boolean isReadableOnRequest() {
        return !state.has(StateTraits.CHANGES) && !opensTransaction;
    }

    /** Derives the traits of the whole text, when all statements were read. */
    void complete() {
        if (has(Traits.READ_ONLY_TRANSACTION) && opensTransaction) {
            traits |= Traits.WRITER;
        }
        if (has(Traits.HINT_READER) && isReadableOnRequest()) {
            traits &= ~Traits.FOR_WRITER;
        }
    }

    /** Notes a parameter that is set for the session, unless it always ends with its transaction. */
    void setting(String name) {
        sets(name);
        if (OF_TRANSACTION.contains(name)) {
            traits |= Traits.ADJUSTS_TRANSACTION;
            return;
        }
        add(StateTraits.SETTINGS);
        settings.add(name);
        if (name.equals("session_authorization")) {
            settings.add("role");
        }
    }

    /** Notes a parameter that is set for its transaction. */
    void localSetting(String name) {
        sets(name);
        if (name.indexOf('.') > 0) {
            add(StateTraits.LOCAL_SETTINGS);
            settings.add(name);
        }
    }

    static boolean isOfTransaction(String parameter) {
        return OF_TRANSACTION.contains(parameter);
    }

    /** Notes parameters that a name in the text may set. */
    void maySet(Collection<String> parameters) {
        settings.addAll(parameters);
        parameters.forEach(this::sets);
    }

    /** Notes the name of a parameter that is set, for however long. */
    void sets(String name) {
        traits |= CommitSetting.is(name) ? Traits.ASYNCHRONOUS : Traits.NONE;
    }

    void namesStatement(String name) {
        traits |= Traits.NAMES_STATEMENT;
        statements.add(name);
    }

    void executes(String statement) {
        executed.add(statement);
        namesStatement(statement);
    }

    /** @param object the letter {@code f} for a function, {@code r} for a relation */
    void calls(char object, String name) {
        traits |= Traits.CALLS;
        calls.add(object + name);
    }

    List<String> settings() {
        return settings.isEmpty() ? List.of() : List.copyOf(settings);
    }

    List<String> statements() {
        return statements.isEmpty() ? List.of() : List.copyOf(statements);
    }

    List<String> executed() {
        return executed.isEmpty() ? List.of() : List.copyOf(executed);
    }

    List<String> calls() {
        return calls.isEmpty() ? List.of() : List.copyOf(calls);
    }
}
