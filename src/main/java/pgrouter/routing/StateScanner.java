package pgrouter.routing;

import static pgrouter.routing.StateTraits.ADVISORY;
import static pgrouter.routing.StateTraits.ALL_SETTINGS;
import static pgrouter.routing.StateTraits.HOLDS;
import static pgrouter.routing.StateTraits.LEAVES;
import static pgrouter.routing.StateTraits.LISTENS;
import static pgrouter.routing.StateTraits.NONE;
import static pgrouter.routing.StateTraits.SEEDS;
import static pgrouter.routing.StateTraits.SETS_LOCALLY;
import static pgrouter.routing.StateTraits.STATEMENTS;
import static pgrouter.routing.StateTraits.TEMPORARY;
import static pgrouter.routing.StateTraits.UNKNOWN;
import static pgrouter.routing.Traits.ADJUSTS_TRANSACTION;
import static pgrouter.routing.Traits.ASYNCHRONOUS;
import static pgrouter.routing.Traits.CONTROLS_TRANSACTION;
import static pgrouter.routing.Traits.MAY_WRITE;
import static pgrouter.routing.Traits.NAMES_STATEMENT;
import static pgrouter.routing.Traits.SHOWS_OWN_SETTING;
import static pgrouter.routing.Traits.VARIES;
import static pgrouter.routing.Traits.WRITER;

import java.util.Set;
import pgrouter.routing.Tokens.Kind;

/** Reads the statements about the state of a session: parameters, prepared statements and DO. An instance belongs to one scanner. */
final class StateScanner {
    /** The effects of DISCARD ALL for which the server is asked. */
    private static final StateTraits DISCARDS = ALL_SETTINGS
            .with(STATEMENTS)
            .with(TEMPORARY)
            .with(ADVISORY)
            .with(LISTENS)
            .with(HOLDS);

    /** The words of a DO, besides its body, whose effects the server can be asked about. */
    private static final Set<String> OF_BLOCK = Set.of("language", "plpgsql");

    /** The words of SET TRANSACTION with which it can run on a standby; SERIALIZABLE, WRITE and SNAPSHOT are not among them. */
    private static final Set<String> MODES =
            Set.of("isolation", "level", "read", "committed", "uncommitted", "repeatable", "only", "not", "deferrable");

    private final StatementTokens tokens;
    private final ScanResult result;
    private final QueryScanner queries;

    StateScanner(StatementTokens tokens, ScanResult result, QueryScanner queries) {
        this.tokens = tokens;
        this.result = result;
        this.queries = queries;
    }

    /**
     * Reads SET. SET LOCAL, SET TRANSACTION and SET CONSTRAINTS end with their transaction; any other SET stays with
     * the session.
     */
    void set() {
        Kind kind = tokens.next();
        switch (tokens.keyword(kind)) {
            case LOCAL -> {
                result.add(SETS_LOCALLY);
                setForTransaction(kind);
            }
            case TRANSACTION -> {
                result.add(ADJUSTS_TRANSACTION);
                setForTransaction(kind);
            }
            case CONSTRAINTS -> setForTransaction(kind);
            case SESSION -> {
                result.add(WRITER);
                String first = tokens.name(kind);
                Kind second = tokens.next();
                if (tokens.isSymbol(second, '.')) {
                    qualifiedSetting(first);
                } else {
                    parameter(second);
                }
            }
            default -> {
                result.add(WRITER);
                parameter(kind);
            }
        }
    }

    /** Reads from the word after SET, which may also be the first part of the name of a parameter. */
    private void setForTransaction(Kind kind) {
        Word scope = tokens.keyword(kind);
        String first = tokens.name(kind);
        Kind second = tokens.next();
        if (StatementTokens.isName(second)) {
            result.sets(tokens.name(second));
        }
        if (tokens.isSymbol(second, '.')) {
            result.add(WRITER);
            qualifiedSetting(first);
        } else if (scope == Word.TRANSACTION) {
            modes(second);
        } else if (scope == Word.LOCAL && second == Kind.WORD) {
            boolean ofTransaction = ScanResult.isOfTransaction(tokens.name(second));
            result.add(ofTransaction ? ADJUSTS_TRANSACTION : 0);
            result.add(ofTransaction || isOtherThanSetting(second) ? WRITER : CONTROLS_TRANSACTION);
            setLocal(tokens.name(second));
        } else {
            result.add(WRITER);
            queries.rest(second, Word.SET);
        }
    }

    /** Whether gram.y has more after this word of a SET LOCAL than one setting: modes of transactions. */
    private boolean isOtherThanSetting(Kind kind) {
        Word word = tokens.keyword(kind);
        return word == Word.TRANSACTION || word == Word.SESSION;
    }

    /** Reads SET TRANSACTION. */
    private void modes(Kind first) {
        Kind kind = first;
        while (tokens.isSymbol(kind, ',') || (kind == Kind.WORD && MODES.contains(tokens.name(kind)))) {
            if (tokens.isKeyword(kind, "level")) {
                kind = tokens.next();
                result.hasOneSnapshot(tokens.isKeyword(kind, "repeatable"));
            } else {
                kind = tokens.next();
            }
        }
        result.add(tokens.isEnd(kind) ? CONTROLS_TRANSACTION : WRITER);
        queries.rest(kind, Word.SET);
    }

    /** Reads SET LOCAL, after the first part of the parameter's name. */
    private void setLocal(String prefix) {
        Kind kind = tokens.next();
        if (tokens.isSymbol(kind, '.')) {
            kind = tokens.next();
            result.localSetting(prefix + "." + (StatementTokens.isName(kind) ? tokens.name(kind) : ""));
            kind = tokens.next();
        }
        queries.rest(kind, Word.SET);
    }

    void reset() {
        result.add(WRITER);
        Kind kind = tokens.next();
        if (tokens.keyword(kind) == Word.ALL) {
            result.add(ALL_SETTINGS);
            queries.rest(tokens.next(), Word.RESET);
        } else {
            parameter(kind);
        }
    }

    /** Reads from the name of a parameter, for some of which gram.y has words of its own, to the end of the statement. */
    private void parameter(Kind kind) {
        switch (tokens.keyword(kind)) {
            case TIME -> result.setting("timezone");
            case NAMES -> result.setting("client_encoding");
            case SCHEMA -> result.setting("search_path");
            case XML -> result.setting("xmloption");
            case ROLE -> result.setting("role");
            case SEED -> result.add(SEEDS);
            case SESSION, AUTHORIZATION -> result.setting("session_authorization");
            case CHARACTERISTICS -> {
                result.setting("default_transaction_isolation");
                result.setting("default_transaction_read_only");
                result.setting("default_transaction_deferrable");
            }
            default -> {
                named(kind);
                return;
            }
        }
        queries.rest(tokens.next(), Word.SET);
    }

    private void named(Kind kind) {
        if (!StatementTokens.isName(kind)) {
            result.add(kind == Kind.END || kind == Kind.SYMBOL ? NONE : UNKNOWN);
            queries.rest(kind, Word.SET);
            return;
        }
        String name = tokens.name(kind);
        Kind following = tokens.next();
        if (tokens.isSymbol(following, '.')) {
            qualifiedSetting(name);
        } else {
            result.setting(name);
            queries.rest(following, Word.SET);
        }
    }

    /** Reads from the token after the first dot of a parameter's name. */
    private void qualifiedSetting(String prefix) {
        StringBuilder name = new StringBuilder(prefix);
        Kind kind = tokens.next();
        while (StatementTokens.isName(kind)) {
            name.append('.').append(tokens.name(kind));
            kind = tokens.next();
            if (!tokens.isSymbol(kind, '.')) {
                break;
            }
            kind = tokens.next();
        }
        result.setting(name.toString());
        queries.rest(kind, Word.SET);
    }

    void show() {
        result.add(WRITER | VARIES);
        boolean own = tokens.keyword(tokens.next()) == Word.PGROUTER;
        Kind following = tokens.next();
        result.add(own && tokens.isSymbol(following, '.') ? SHOWS_OWN_SETTING : 0);
        queries.rest(following, Word.SHOW);
    }

    void discard() {
        result.add(WRITER);
        Kind kind = tokens.next();
        result.add(tokens.keyword(kind) == Word.ALL ? DISCARDS : TEMPORARY);
        queries.rest(kind, Word.DISCARD);
    }

    /** Reads PREPARE, which does not execute the statement yet. PREPARE TRANSACTION is a statement like any other. */
    void prepare() {
        result.add(WRITER);
        Kind kind = tokens.next();
        if (tokens.keyword(kind) == Word.TRANSACTION) {
            queries.rest(kind, Word.PREPARE);
            return;
        }
        changesStatement(kind);
        for (kind = tokens.next(); !tokens.isEnd(kind); kind = tokens.next()) {
            result.add(kind == Kind.UNCLEAR ? UNKNOWN : NONE);
        }
    }

    void execute() {
        Kind kind = tokens.next();
        result.add(NAMES_STATEMENT);
        if (StatementTokens.isName(kind)) {
            result.executes(tokens.name(kind));
        } else {
            result.add(WRITER);
        }
        queries.rest(tokens.next(), Word.EXECUTE);
    }

    void deallocate() {
        result.add(WRITER);
        Kind kind = tokens.next();
        if (tokens.keyword(kind) == Word.PREPARE) {
            kind = tokens.next();
        }
        if (tokens.keyword(kind) == Word.ALL) {
            result.add(STATEMENTS);
        } else {
            changesStatement(kind);
        }
        queries.rest(tokens.next(), Word.DEALLOCATE);
    }

    private void changesStatement(Kind kind) {
        result.add(STATEMENTS);
        result.add(NAMES_STATEMENT);
        if (StatementTokens.isName(kind)) {
            result.namesStatement(tokens.name(kind));
        } else {
            result.add(UNKNOWN);
        }
    }

    /** Reads DO: its body is a string, in which the effects on the session are looked for. */
    void block() {
        result.add(WRITER | MAY_WRITE);
        int strings = 0;
        for (Kind kind = tokens.next(); !tokens.isEnd(kind); kind = tokens.next()) {
            switch (kind) {
                case STRING -> body(++strings > 1);
                case UNCLEAR -> result.add(UNKNOWN);
                case WORD, QUOTED -> result.add(OF_BLOCK.contains(tokens.name(kind)) ? NONE : LEAVES);
                case NUMBER, SYMBOL, END -> {}
            }
        }
    }

    private void body(boolean more) {
        Tokens string = tokens.current();
        FunctionBody body = FunctionBody.read(string.text(), string.start(), string.position());
        result.add(body.traits() & ASYNCHRONOUS);
        result.add(body.state());
        result.add(more ? LEAVES : NONE);
        result.maySet(body.settings());
    }
}
