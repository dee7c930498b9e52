package pgrouter.routing;

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

    /**
     * The traits of a text of any number of statements.
     *
     * @param standardStrings the session's standard_conforming_strings
     * @return bits of {@link Traits}
     */
    public int scan(byte[] text, int start, int end, boolean standardStrings) {
        tokens.reset(text, start, end, !standardStrings);
        traits = Traits.NONE;
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
        boolean into = opening == Word.CREATE;
        for (Kind kind = first; kind != Kind.END && !isSymbol(kind, ';'); kind = tokens.next()) {
            Word word = Word.OTHER;
            if (kind == Kind.WORD || kind == Kind.QUOTED) {
                word = tokens.word(kind);
                name(word, previous, opening);
                into |= word == Word.INTO;
                traits |= into && word == Word.TEMPORARY ? STATE : 0;
            } else if (kind == Kind.UNCLEAR) {
                traits |= WRITER | MAY_WRITE;
            }
            previous = word;
        }
    }

    private void name(Word word, Word previous, Word opening) {
        switch (word) {
            case OTHER -> traits |= tokens.beforeParenthesis() ? MAY_WRITE : 0;
            case MODIFY, INTO, REFUSED, SILENT -> traits |= WRITER;
            case STATEFUL -> traits |= WRITER | STATE;
            case TEMPORARY -> traits |= WRITER;
            case HOLD -> traits |= opening == Word.DECLARE ? STATE : 0;
            case EXECUTE -> traits |= opening == Word.EXPLAIN ? WRITER | STATE | PREPARED_BY_NAME : 0;
            case CREATE -> traits |= opening == Word.EXPLAIN ? WRITER : 0;
            case UPDATE, SHARE, NO, KEY -> traits |= previous == Word.FOR || isUpdateIn(word, opening) ? WRITER : 0;
            default -> {}
        }
    }

    private static boolean isUpdateIn(Word word, Word opening) {
        return word == Word.UPDATE && (opening == Word.WITH || opening == Word.EXPLAIN);
    }

    /** COPY ... TO STDOUT reads; any other COPY writes, into a table, a file or a program. */
    private void copy() {
        int depth = 0;
        boolean toStdout = false;
        Word previous = Word.COPY;
        for (Kind kind = tokens.next(); kind != Kind.END && !isSymbol(kind, ';'); kind = tokens.next()) {
            depth += isSymbol(kind, '(') ? 1 : isSymbol(kind, ')') ? -1 : 0;
            Word word = kind == Kind.WORD || kind == Kind.QUOTED ? tokens.word(kind) : Word.OTHER;
            toStdout |= depth == 0 && previous == Word.TO && word == Word.STDOUT;
            if (kind == Kind.WORD || kind == Kind.QUOTED) {
                name(word, previous, Word.COPY);
            }
            traits |= kind == Kind.UNCLEAR ? WRITER | MAY_WRITE : 0;
            previous = word;
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
        traits |= readOnly && !serializable ? READ_ONLY_TRANSACTION : WRITER;
    }

    /** SET LOCAL, SET TRANSACTION and SET CONSTRAINTS end with their transaction; any other SET stays with the session. */
    private void set() {
        Kind kind = tokens.next();
        Word first = kind == Kind.WORD ? tokens.word(kind) : Word.OTHER;
        boolean passing = first == Word.LOCAL || first == Word.TRANSACTION || first == Word.CONSTRAINTS;
        traits |= passing ? WRITER : WRITER | STATE;
        rest(kind, Word.SET);
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
