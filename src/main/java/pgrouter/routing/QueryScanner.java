package pgrouter.routing;

import static pgrouter.routing.Traits.ASYNCHRONOUS;
import static pgrouter.routing.Traits.CONTROLS_TRANSACTION;
import static pgrouter.routing.Traits.DATABASES;
import static pgrouter.routing.Traits.MAY_WRITE;
import static pgrouter.routing.Traits.READS;
import static pgrouter.routing.Traits.VARIES;
import static pgrouter.routing.Traits.WRITER;

import java.util.Set;
import pgrouter.routing.Tokens.Kind;

/** Reads the statements that query, change and define. An instance belongs to one scanner. */
final class QueryScanner {
    /** A distance from SET beyond that of any name for which it matters. */
    private static final int FAR = 2;

    private static final Set<String> FALSE = Set.of("false", "off", "0");

    private final StatementTokens tokens;
    private final ScanResult result;
    private final NameScanner names;

    QueryScanner(StatementTokens tokens, ScanResult result, NameScanner names) {
        this.tokens = tokens;
        this.result = result;
        this.names = names;
    }

    void read(Word opening) {
        result.add(READS);
        rest(tokens.next(), opening);
    }

    void change(Word opening) {
        change(StateTraits.NONE, opening);
    }

    /** Reads a statement that also does this to the session. */
    void change(StateTraits state, Word opening) {
        result.add(WRITER);
        result.add(state);
        rest(tokens.next(), opening);
    }

    /** Reads SAVEPOINT and RELEASE. */
    void savepoint() {
        result.add(CONTROLS_TRANSACTION);
        rest(tokens.next(), Word.SAVEPOINT);
    }

    void create() {
        result.add(MAY_WRITE);
        define(Word.CREATE);
    }

    /** Reads CLOSE and DROP. */
    void close() {
        result.add(StateTraits.CLOSES);
        define(Word.CLOSES);
    }

    /** Reads CREATE, ALTER, DROP and CLOSE. */
    void define(Word opening) {
        result.add(WRITER);
        Kind kind = tokens.next();
        result.add(tokens.keyword(kind) == Word.DATABASE ? DATABASES : 0);
        rest(kind, opening);
    }

    /**
     * Reads EXPLAIN. Without ANALYZE it executes nothing: a standby can plan a statement that it could not run. Plans
     * and times are the node's own.
     */
    void explain() {
        result.add(READS | VARIES);
        Kind kind = tokens.next();
        boolean executes;
        if (tokens.isSymbol(kind, '(')) {
            executes = analyzes();
            kind = tokens.next();
        } else {
            executes = tokens.word(kind) == Word.ANALYZE;
        }
        names.plansOnly(!executes);
        rest(kind, Word.EXPLAIN);
        names.plansOnly(false);
    }

    /** Reads the options of EXPLAIN, up to their closing parenthesis. If ANALYZE is given twice, the last one counts. */
    private boolean analyzes() {
        boolean analyze = false;
        boolean named = false;
        for (Kind kind = tokens.next(); kind != Kind.END && !tokens.isSymbol(kind, ')'); kind = tokens.next()) {
            boolean name = tokens.word(kind) == Word.ANALYZE;
            boolean value = named && !name && !tokens.isSymbol(kind, ',');
            analyze = name || (analyze && !(value && isFalse(kind)));
            named = name;
        }
        return analyze;
    }

    private boolean isFalse(Kind kind) {
        Tokens token = tokens.current();
        String value = kind == Kind.STRING ? token.plainString() : token.spelling();
        return value != null && FALSE.contains(value);
    }

    /** Reads COPY. COPY ... TO STDOUT reads; any other COPY writes, into a table, a file or a program. */
    void copy() {
        int depth = 0;
        boolean toStdout = false;
        names.beginCopy();
        for (Kind kind = tokens.next(); !tokens.isEnd(kind); kind = tokens.next()) {
            depth += tokens.isSymbol(kind, '(') ? 1 : tokens.isSymbol(kind, ')') ? -1 : 0;
            Word word = tokens.word(kind);
            toStdout |= depth == 0 && names.previous() == Word.TO && word == Word.STDOUT;
            names.read(kind, word);
        }
        result.add(toStdout ? READS : WRITER);
    }

    /** Reads the tokens of a statement after its opening keyword, or from a later one on. */
    void rest(Kind first, Word opening) {
        boolean defines = opening == Word.CREATE || opening == Word.ALTER;
        boolean makesTable = opening == Word.CREATE;
        int afterSet = FAR;
        names.begin(opening);
        for (Kind kind = first; !tokens.isEnd(kind); kind = tokens.next()) {
            Word word = tokens.word(kind);
            afterSet = word == Word.SET ? 0 : afterSet + 1;
            makesTable |= word == Word.INTO || word == Word.CREATE;
            if (makesTable && isTemporary(word)) {
                result.add(StateTraits.TEMPORARY);
            } else if (defines && afterSet == 2 && tokens.isSymbol(kind, '.')) {
                result.add(StateTraits.LEAVES);
            }
            if (defines && mayName(kind, afterSet)) {
                result.add(ASYNCHRONOUS);
            }
            names.read(kind, word);
        }
    }

    /** Whether a definition sets {@code synchronous_commit}, or has the source of a function that may do so. */
    private boolean mayName(Kind kind, int afterSet) {
        return (kind == Kind.STRING || (afterSet == 1 && StatementTokens.isName(kind)))
                && CommitSetting.isIn(tokens.current());
    }

    private static boolean isTemporary(Word word) {
        return word == Word.TEMPORARY || word == Word.TEMPORARY_SCHEMA;
    }
}
