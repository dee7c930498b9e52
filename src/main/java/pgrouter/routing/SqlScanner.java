package pgrouter.routing;

import static pgrouter.routing.Traits.HINT_READER;
import static pgrouter.routing.Traits.WRITER;

import java.util.List;
import java.util.Map;
import pgrouter.routing.Tokens.Kind;

/**
 * Scans SQL text for whatever decides its route: the opening keyword of each statement and the names in it. There is no
 * grammar. Where the text alone does not decide, a standby is asked; where it could mislead, the writer is. One pass,
 * without allocation except for the names of parameters and statements that a session changes. An instance belongs to
 * one session.
 */
public final class SqlScanner {
    /** The traits of the texts that may be known commands. */
    private static final StateTraits OF_COMMANDS = StateTraits.CHANGES.with(StateTraits.CLOSES);

    private final StatementTokens tokens = new StatementTokens();
    private final ScanResult result = new ScanResult();
    private final NameScanner names = new NameScanner(tokens.current(), result);
    private final QueryScanner queries = new QueryScanner(tokens, result, names);
    private final StateScanner state = new StateScanner(tokens, result, queries);
    private final TransactionScanner transactions = new TransactionScanner(tokens, result);
    private final SessionCommands commands = new SessionCommands();
    private long wish;

    /** Sets the suspicious names in the database of the session. */
    public void suspects(SuspectNames suspects) {
        names.suspects(suspects);
    }

    /** Sets whether a text without a hint counts as one with a hint for a reader. */
    public void prefersReader(boolean prefers) {
        wish = prefers ? HINT_READER : 0;
    }

    /**
     * Reads a text of any number of statements.
     *
     * @param standardStrings the session's standard_conforming_strings
     * @return bits of {@link Traits}
     */
    public long scan(byte[] text, int start, int end, boolean standardStrings) {
        long hint = Hint.in(text, start, end);
        reset(text, start, end, standardStrings, hint == 0 ? wish : hint);
        for (Kind kind = tokens.next(); kind != Kind.END; kind = tokens.next()) {
            if (!tokens.isSymbol(kind, ';')) {
                result.begin();
                statement(kind);
            }
        }
        result.complete();
        if (result.state().has(OF_COMMANDS)) {
            result.add(commands.read(text, start, end, !standardStrings, names.suspects()));
        }
        return result.traits();
    }

    /**
     * Reads the statement inside a {@code PREPARE}.
     *
     * @return its bits of {@link Traits}; {@link Traits#WRITER}, with unknown state, where the text is anything but one such
     *     statement
     */
    public long scanPrepared(byte[] text, int start, int end, boolean standardStrings) {
        reset(text, start, end, standardStrings, Traits.NONE);
        Kind kind = tokens.next();
        boolean prepare = tokens.keyword(kind) == Word.PREPARE;
        while (kind != Kind.END && tokens.keyword(kind) != Word.AS) {
            kind = tokens.next();
        }
        if (!prepare || kind == Kind.END) {
            return unclear();
        }
        statement(tokens.next());
        for (kind = tokens.next(); kind != Kind.END; kind = tokens.next()) {
            if (!tokens.isSymbol(kind, ';')) {
                return unclear();
            }
        }
        return result.traits();
    }

    private long unclear() {
        result.unclear();
        return result.traits();
    }

    private void reset(byte[] text, int start, int end, boolean standardStrings, long traits) {
        tokens.reset(text, start, end, !standardStrings);
        result.reset(traits);
        names.reset();
    }

    /** Reads one statement, from its first token to the semicolon after it. */
    private void statement(Kind first) {
        Kind kind = first;
        while (tokens.isSymbol(kind, '(')) {
            kind = tokens.next();
        }
        if (kind == Kind.WORD) {
            opening(tokens.keyword(kind));
        } else {
            result.add(WRITER);
            queries.rest(kind, Word.OTHER);
        }
    }

    private void opening(Word opening) {
        switch (opening) {
            case SELECT, READS, WITH -> queries.read(opening);
            case EXPLAIN -> queries.explain();
            case COPY -> queries.copy();
            case BEGIN, START -> transactions.begin();
            case ENDS -> transactions.end();
            case SAVEPOINT -> queries.savepoint();
            case SET -> state.set();
            case RESET -> state.reset();
            case SHOW -> state.show();
            case DISCARD -> state.discard();
            case PREPARE -> state.prepare();
            case EXECUTE -> state.execute();
            case DEALLOCATE -> state.deallocate();
            case DO -> state.block();
            case LISTENS -> queries.change(StateTraits.LISTENS, opening);
            case LOAD -> queries.change(StateTraits.LOADS, opening);
            case CREATE -> queries.create();
            case ALTER -> queries.define(opening);
            case CLOSES -> queries.close();
            default -> queries.change(opening);
        }
    }

    /** The possible effects of the last text on its session. */
    public StateTraits state() {
        return result.state();
    }

    /** Whether a standby may run the last text for a session that wants to read wherever it can. */
    public boolean isReadableOnRequest() {
        return result.isReadableOnRequest();
    }

    /**
     * The fingerprint of the last text without its literals: equal for statements that differ in those only, and in how
     * many of them a list has.
     */
    public long fingerprint() {
        return tokens.fingerprint();
    }

    /** The parameters that the last text may change for its session, in lower case. */
    public List<String> settings() {
        return result.settings();
    }

    /** The parameters, in lower case, and their values, if the last scan has found {@link StateTraits#ASSIGNS}. */
    public Map<String, String> assigned() {
        return result.state().has(StateTraits.ASSIGNS) ? commands.assigned() : Map.of();
    }

    /** The prepared statements that the last text names. */
    public List<String> statements() {
        return result.statements();
    }

    /** The prepared statements that the last text executes. */
    public List<String> executed() {
        return result.executed();
    }

    /**
     * The functions of users that the last text may call, by name after the letter {@code f}, and relations whose use
     * calls others, after the letter {@code r}.
     */
    public List<String> calls() {
        return result.calls();
    }
}
