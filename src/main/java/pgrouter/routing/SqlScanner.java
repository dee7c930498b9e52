package pgrouter.routing;

import static pgrouter.routing.Traits.HINT_READER;
import static pgrouter.routing.Traits.MAY_WRITE;
import static pgrouter.routing.Traits.PREPARED_BY_NAME;
import static pgrouter.routing.Traits.READS;
import static pgrouter.routing.Traits.READ_ONLY_TRANSACTION;
import static pgrouter.routing.Traits.STATE;
import static pgrouter.routing.Traits.WRITER;

import pgrouter.routing.Tokens.Kind;

/**
 * Looks at SQL text for what decides its route: the opening keyword of each statement and the names in it. No grammar: where the
 * text alone does not tell, a standby is asked; where it could mislead, the writer is. One pass, without allocation; an instance
 * belongs to one session.
 */
public final class SqlScanner {
    private final Tokens tokens = new Tokens();
    private int traits;
    private boolean opensTransaction;

    /**
     * The traits of a text of any number of statements.
     *
     * @param standardStrings the session's standard_conforming_strings
     * @return bits of {@link Traits}
     */
    public int scan(byte[] text, int start, int end, boolean standardStrings) {
        tokens.reset(text, start, end, !standardStrings);
        traits = Hint.in(text, start, end);
        opensTransaction = false;
        int statements = 0;
        while (true) {
            Kind kind = tokens.next();
            if (kind == Kind.END) {
                break;
            }
            if (!isSymbol(kind, ';')) {
                statements++;
                statement(kind);
            }
        }
        if (statements > 1 && Traits.has(traits, READ_ONLY_TRANSACTION)) {
            traits |= WRITER;
        }
        if (Traits.has(traits, HINT_READER) && !Traits.has(traits, STATE) && !opensTransaction) {
            traits &= ~WRITER;
        }
        return traits;
    }

    /** One statement, from its first token to behind its semicolon. */
    private void statement(Kind first) {
        Kind kind = first;
        while (isSymbol(kind, '(')) {
            kind = tokens.next();
        }
        if (kind != Kind.WORD) {
            traits |= WRITER;
            rest(kind, Word.OTHER);
            return;
        }
        opening(tokens.word(kind));
    }

    private void opening(Word opening) {
        switch (opening) {
            case SELECT, READS, WITH, EXPLAIN -> reads(opening);
            case COPY -> copy();
            case BEGIN, START -> begin();
            case SET -> set();
            case PREPARE -> prepare();
            case EXECUTE, SESSION -> changes(STATE | PREPARED_BY_NAME, opening);
            case CREATE, DO -> changes(MAY_WRITE, opening);
            default -> changes(0, opening);
        }
    }

    private void reads(Word opening) {
        traits |= READS;
        rest(tokens.next(), opening);
    }

    private void changes(int more, Word opening) {
        traits |= WRITER | more;
        rest(tokens.next(), opening);
    }

    /** The tokens of a statement behind its opening keyword. */
    private void rest(Kind first, Word opening) {
        Word previous = opening;
        boolean makesTable = opening == Word.CREATE;
        boolean qualified = false;
        for (Kind kind = first; kind != Kind.END && !isSymbol(kind, ';'); kind = tokens.next()) {
            Word word = word(kind);
            makesTable |= word == Word.INTO || word == Word.CREATE;
            traits |= makesTable && isTemporary(word) ? STATE : 0;
            token(kind, word, previous, opening, qualified);
            previous = word;
            qualified = isSymbol(kind, '.');
        }
    }

    private Word word(Kind kind) {
        return kind == Kind.WORD || kind == Kind.QUOTED ? tokens.word(kind) : Word.OTHER;
    }

    private static boolean isTemporary(Word word) {
        return word == Word.TEMPORARY || word == Word.TEMPORARY_SCHEMA;
    }

    private void token(Kind kind, Word word, Word previous, Word opening, boolean qualified) {
        if (kind == Kind.UNCLEAR) {
            traits |= WRITER | STATE | MAY_WRITE;
        } else if (kind == Kind.WORD || kind == Kind.QUOTED) {
            name(word, previous, opening);
            call(word, qualified);
        }
    }

    /** A call of anything but a function that is known; behind a dot, a known name may be somebody else's. */
    private void call(Word word, boolean qualified) {
        boolean known = word.isBeforeParentheses() || (word.isName() && !qualified);
        if (!known && tokens.beforeParenthesis()) {
            traits |= MAY_WRITE;
        }
    }

    private void name(Word word, Word previous, Word opening) {
        switch (word) {
            case MODIFY, INTO, REFUSED, SILENT, TEMPORARY, TEMPORARY_SCHEMA -> traits |= WRITER;
            case STATEFUL -> traits |= WRITER | STATE;
            case HOLD -> traits |= opening == Word.DECLARE ? STATE : 0;
            case EXECUTE -> traits |= isAround(opening) ? WRITER | STATE | PREPARED_BY_NAME : 0;
            case CREATE -> traits |= opening == Word.EXPLAIN ? WRITER : 0;
            case UPDATE, SHARE, NO, KEY -> traits |= previous == Word.FOR || isUpdateIn(word, opening) ? WRITER : 0;
            default -> {}
        }
    }

    /** EXPLAIN EXECUTE and CREATE TABLE AS EXECUTE. */
    private static boolean isAround(Word opening) {
        return opening == Word.EXPLAIN || opening == Word.CREATE;
    }

    private static boolean isUpdateIn(Word word, Word opening) {
        return word == Word.UPDATE && (opening == Word.WITH || opening == Word.EXPLAIN);
    }

    /** COPY ... TO STDOUT reads; any other COPY writes, into a table, a file or a program. */
    private void copy() {
        int depth = 0;
        boolean toStdout = false;
        boolean qualified = false;
        Word previous = Word.COPY;
        for (Kind kind = tokens.next(); kind != Kind.END && !isSymbol(kind, ';'); kind = tokens.next()) {
            depth += isSymbol(kind, '(') ? 1 : isSymbol(kind, ')') ? -1 : 0;
            Word word = word(kind);
            toStdout |= depth == 0 && previous == Word.TO && word == Word.STDOUT;
            token(kind, word, previous, Word.COPY, qualified);
            previous = word;
            qualified = isSymbol(kind, '.');
        }
        traits |= toStdout ? READS : WRITER;
    }

    /** BEGIN and START TRANSACTION: for a reader if READ ONLY is the last word on it and the isolation is not SERIALIZABLE. */
    private void begin() {
        boolean readOnly = false;
        boolean serializable = false;
        Word previous = Word.BEGIN;
        for (Kind kind = tokens.next(); kind != Kind.END && !isSymbol(kind, ';'); kind = tokens.next()) {
            Word word = kind == Kind.WORD ? tokens.word(kind) : Word.OTHER;
            if (previous == Word.READ && (word == Word.ONLY || word == Word.WRITE)) {
                readOnly = word == Word.ONLY;
            }
            serializable |= word == Word.SERIALIZABLE;
            previous = word;
        }
        boolean forReader = readOnly && !serializable;
        opensTransaction |= !forReader;
        traits |= forReader ? READ_ONLY_TRANSACTION : WRITER;
    }

    /** SET LOCAL, SET TRANSACTION and SET CONSTRAINTS end with their transaction; any other SET stays with the session. */
    private void set() {
        Kind kind = tokens.next();
        Word first = kind == Kind.WORD ? tokens.word(kind) : Word.OTHER;
        boolean passing = first == Word.LOCAL || first == Word.TRANSACTION || first == Word.CONSTRAINTS;
        Kind next = tokens.next();
        traits |= passing && !isSymbol(next, '.') ? WRITER : WRITER | STATE;
        rest(next, Word.SET);
    }

    private void prepare() {
        Kind kind = tokens.next();
        boolean twoPhase = kind == Kind.WORD && tokens.word(kind) == Word.TRANSACTION;
        traits |= twoPhase ? WRITER : WRITER | STATE | PREPARED_BY_NAME;
        rest(kind, Word.PREPARE);
    }

    private boolean isSymbol(Kind kind, char symbol) {
        return kind == Kind.SYMBOL && tokens.symbol() == symbol;
    }
}
