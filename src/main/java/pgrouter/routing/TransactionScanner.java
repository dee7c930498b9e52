package pgrouter.routing;

import static pgrouter.routing.Traits.CHAINS;
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
        Word previous = Word.BEGIN;
        for (Kind kind = tokens.next(); !tokens.isEnd(kind); kind = tokens.next()) {
            Word word = tokens.keyword(kind);
            if (previous == Word.READ && (word == Word.ONLY || word == Word.WRITE)) {
                readOnly = word == Word.ONLY;
                open = false;
            }
            serializable |= word == Word.SERIALIZABLE;
            previous = word;
        }
        boolean forReader = readOnly && !serializable;
        if (!forReader) {
            result.opensTransaction();
        }
        result.add(forReader ? READ_ONLY_TRANSACTION : WRITER);
        result.add(open && !serializable ? OPEN_TRANSACTION : 0);
    }

    /**
     * Reads COMMIT, END, ROLLBACK and ABORT. A read-only transaction of the same text ends where it is. ROLLBACK TO
     * ends nothing, and COMMIT PREPARED ends another transaction.
     */
    void end() {
        boolean readOnly = result.isReadOnly();
        boolean undoes = tokens.isKeyword(Kind.WORD, "rollback") || tokens.isKeyword(Kind.WORD, "abort");
        boolean chains = false;
        boolean other = false;
        Word previous = Word.ENDS;
        for (Kind kind = tokens.next(); !tokens.isEnd(kind); kind = tokens.next()) {
            Word word = tokens.keyword(kind);
            chains |= tokens.isKeyword(kind, "chain") && previous != Word.NO;
            other |= word == Word.TO || tokens.isKeyword(kind, "prepared");
            previous = word;
        }
        if (other) {
            result.add(WRITER);
            return;
        }
        result.add(result.isFirst() ? ENDS_FIRST : 0);
        result.add(result.isFirst() && undoes ? ROLLS_BACK : 0);
        result.add(readOnly && !chains ? 0 : WRITER);
        result.add(chains ? CHAINS : 0);
    }
}
