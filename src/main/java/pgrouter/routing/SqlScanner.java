package pgrouter.routing;

import static pgrouter.routing.Traits.CLOSES;
import static pgrouter.routing.Traits.HINT_READER;
import static pgrouter.routing.Traits.LISTENS;
import static pgrouter.routing.Traits.LOADS;
import static pgrouter.routing.Traits.MAY_WRITE;
import static pgrouter.routing.Traits.STATE;
import static pgrouter.routing.Traits.UNKNOWN_STATE;
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
     * The traits of a text of any number of statements.
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
        if (result.has(STATE | CLOSES)) {
            result.add(commands.read(text, start, end, !standardStrings, names.suspects()));
        }
        return result.traits();
    }

    /**
     * The traits of the statement inside a {@code PREPARE}.
     *
     * @return {@link Traits#WRITER} and unknown state where the text is anything but one such statement
     */
    public long scanPrepared(byte[] text, int start, int end, boolean standardStrings) {
        reset(text, start, end, standardStrings, Traits.NONE);
        Kind kind = tokens.next();
        boolean prepare = tokens.keyword(kind) == Word.PREPARE;
        while (kind != Kind.END && tokens.keyword(kind) != Word.AS) {
            kind = tokens.next();
        }
        if (!prepare || kind == Kind.END) {
            return WRITER | UNKNOWN_STATE;
        }
        statement(tokens.next());
        for (kind = tokens.next(); kind != Kind.END; kind = tokens.next()) {
            if (!tokens.isSymbol(kind, ';')) {
                return WRITER | UNKNOWN_STATE;
            }
        }
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
            case SELECT, READS, WITH -> queries.reads(opening);
            case EXPLAIN -> queries.explain();
            case COPY -> queries.copy();
            case BEGIN, START -> transactions.begin();
            case ENDS -> transactions.end();
            case SET -> state.set();
            case RESET -> state.reset();
            case SHOW -> state.show();
            case DISCARD -> state.discard();
            case PREPARE -> state.prepare();
            case EXECUTE -> state.execute();
            case DEALLOCATE -> state.deallocate();
            case DO -> state.block();
            case LISTENS -> queries.changes(LISTENS, opening);
            case LOAD -> queries.changes(LOADS, opening);
            case CREATE -> queries.defines(MAY_WRITE, opening);
            case ALTER -> queries.defines(0, opening);
            case CLOSES -> queries.defines(CLOSES, opening);
            default -> queries.changes(0, opening);
        }
    }

    /** Whether a standby may run the last text for a session that wants to read wherever it can. */
    public boolean isReadableOnRequest() {
        return result.isReadableOnRequest();
    }

    /** The fingerprint of the last text without its literals: equal for statements that differ in those only. */
    public long fingerprint() {
        return tokens.fingerprint();
    }

    /** The parameters that the last text may change for its session, in lower case. */
    public List<String> settings() {
        return result.settings();
    }

    /** The parameters, in lower case, and their values, if the last scan has found {@link Traits#ASSIGNS}. */
    public Map<String, String> assigned() {
        return result.has(Traits.ASSIGNS) ? commands.assigned() : Map.of();
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
