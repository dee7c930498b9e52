package pgrouter.routing;

import static pgrouter.routing.Traits.CHAINS;
import static pgrouter.routing.Traits.CONTROLS_TRANSACTION;
import static pgrouter.routing.Traits.ENDS_FIRST;
import static pgrouter.routing.Traits.OPEN_TRANSACTION;
import static pgrouter.routing.Traits.READ_ONLY_TRANSACTION;
import static pgrouter.routing.Traits.ROLLS_BACK;
import static pgrouter.routing.Traits.WRITER;

import pgrouter.routing.Tokens.Kind;

/** Reads the statements that open and end transactions. An instance belongs to one scanner. */
final class TransactionScanner {
    private final StatementTokens tokens;
    private final ScanResult result;

    TransactionScanner(StatementTokens tokens, ScanResult result) {
        this.tokens = tokens;
        this.result = result;
    }

    /**
     * Reads BEGIN and START TRANSACTION: for a reader if READ ONLY is the last access mode and the isolation is not
     * SERIALIZABLE.
     */
    void begin() {
        boolean readOnly = false;
        boolean open = true;
        boolean serializable = false;
        boolean repeatable = false;
        Word previous = Word.BEGIN;
        for (Kind kind = tokens.next(); !tokens.isEnd(kind); kind = tokens.next()) {
            Word word = tokens.keyword(kind);
            if (previous == Word.READ && (word == Word.ONLY || word == Word.WRITE)) {
                readOnly = word == Word.ONLY;
                open = false;
            }
            serializable |= word == Word.SERIALIZABLE;
            repeatable |= tokens.isKeyword(kind, "repeatable");
            previous = word;
        }
        boolean forReader = readOnly && !serializable;
        if (!forReader) {
            result.opensTransaction();
        }
        boolean either = open && !serializable;
        result.add(forReader ? READ_ONLY_TRANSACTION : either ? CONTROLS_TRANSACTION | OPEN_TRANSACTION : WRITER);
        result.hasOneSnapshot((either || forReader) && repeatable);
    }

    /**
     * Reads COMMIT, END, ROLLBACK and ABORT. A read-only transaction of the same text ends where it is. ROLLBACK TO
     * ends nothing, and COMMIT PREPARED ends another transaction.
     */
    void end() {
        boolean readOnly = result.isReadOnly();
        boolean undoes = tokens.isKeyword(Kind.WORD, "rollback") || tokens.isKeyword(Kind.WORD, "abort");
        boolean chains = false;
        boolean prepared = false;
        boolean toSavepoint = false;
        Word previous = Word.ENDS;
        for (Kind kind = tokens.next(); !tokens.isEnd(kind); kind = tokens.next()) {
            Word word = tokens.keyword(kind);
            chains |= tokens.isKeyword(kind, "chain") && previous != Word.NO;
            prepared |= tokens.isKeyword(kind, "prepared");
            toSavepoint |= word == Word.TO;
            previous = word;
        }
        if (prepared || toSavepoint) {
            result.add(prepared ? WRITER : CONTROLS_TRANSACTION);
            return;
        }
        result.add(result.isFirst() ? ENDS_FIRST : 0);
        result.add(result.isFirst() && undoes ? ROLLS_BACK : 0);
        result.add(readOnly && !chains ? 0 : CONTROLS_TRANSACTION);
        result.add(chains ? CHAINS : 0);
    }
}
