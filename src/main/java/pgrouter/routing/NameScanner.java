package pgrouter.routing;

import static pgrouter.routing.StateTraits.ADVISORY;
import static pgrouter.routing.StateTraits.HOLDS;
import static pgrouter.routing.StateTraits.LEAVES;
import static pgrouter.routing.StateTraits.NONE;
import static pgrouter.routing.StateTraits.SEEDS;
import static pgrouter.routing.StateTraits.SETS_LOCALLY;
import static pgrouter.routing.StateTraits.UNKNOWN;
import static pgrouter.routing.Traits.ASYNCHRONOUS;
import static pgrouter.routing.Traits.AS_RELATION;
import static pgrouter.routing.Traits.EXPORTS_SNAPSHOT;
import static pgrouter.routing.Traits.LISTS_STATEMENTS;
import static pgrouter.routing.Traits.MAY_WRITE;
import static pgrouter.routing.Traits.ORDERED;
import static pgrouter.routing.Traits.SIZES;
import static pgrouter.routing.Traits.UNKNOWN_FUNCTION;
import static pgrouter.routing.Traits.UNLOGGED;
import static pgrouter.routing.Traits.VARIES;
import static pgrouter.routing.Traits.WRITER;

import java.util.Set;
import pgrouter.routing.SuspectNames.Suspect;
import pgrouter.routing.Tokens.Kind;

/** Judges the names and operators within a statement, wherever they stand. An instance belongs to one scanner. */
final class NameScanner {
    private static final StateTraits STATEFUL = ADVISORY.with(UNKNOWN);
    private static final FunctionNames SERVER_SCHEMAS = FunctionNames.of(Set.of("pg_catalog", "information_schema"));

    private final Tokens tokens;
    private final ScanResult result;
    private final SetConfig setConfig = new SetConfig();
    private final CallSite site = new CallSite();
    private SuspectNames suspects = SuspectNames.NONE;

    /** Null where unknown names do not matter. */
    private Functions functions;

    private boolean hasOperators;
    private boolean plansOnly;
    private Word opening = Word.OTHER;
    private Word previous = Word.OTHER;

    /** Whether the previous token is a dot. */
    private boolean qualified;

    /** The hash of the last token where it is a name, and of the name before it where it is a dot. */
    private long lastName;

    private long schema;

    /** Whether the last name is that of a schema of PostgreSQL's own. */
    private boolean ofServer;

    NameScanner(Tokens tokens, ScanResult result) {
        this.tokens = tokens;
        this.result = result;
    }

    /** Sets the suspicious names from now on. */
    void suspects(SuspectNames names) {
        suspects = names;
        functions = names.functions().orElse(null);
        hasOperators = names.hasOperators();
    }

    SuspectNames suspects() {
        return suspects;
    }

    /** Begins another text. */
    void reset() {
        plansOnly = false;
        lastName = SuspectNames.NO_SCHEMA;
        schema = SuspectNames.NO_SCHEMA;
        ofServer = false;
    }

    /** Begins another statement, with this keyword. */
    void begin(Word keyword) {
        opening = keyword;
        previous = keyword;
        qualified = false;
        site.begin(keyword == Word.WITH);
    }

    /** Begins a COPY: its keyword, which is the token just read, is followed by a relation. */
    void beginCopy() {
        begin(Word.COPY);
        site.passed(Kind.WORD, tokens);
    }

    /** Sets whether names count only as far as a plan depends on them, since the statement is not executed. */
    void plansOnly(boolean only) {
        plansOnly = only;
    }

    /** The meaning of the previous token. */
    Word previous() {
        return previous;
    }

    /** Takes the token just read, with its meaning. */
    void read(Kind kind, Word word) {
        if (StatementTokens.isName(kind)) {
            name(kind, word);
            passed(false, SuspectNames.NO_SCHEMA, tokens.hash());
        } else if (kind == Kind.SYMBOL) {
            operator();
            boolean dot = tokens.symbol() == '.';
            passed(dot, dot ? lastName : SuspectNames.NO_SCHEMA, SuspectNames.NO_SCHEMA);
        } else {
            if (kind == Kind.UNCLEAR) {
                result.add(WRITER | MAY_WRITE);
                result.add(UNKNOWN);
            } else if (kind == Kind.STRING && Moments.isIn(tokens)) {
                result.add(VARIES);
            }
            passed(false, SuspectNames.NO_SCHEMA, SuspectNames.NO_SCHEMA);
        }
        if (word == Word.ORDER) {
            result.add(ORDERED);
        }
        previous = word;
        if (functions != null) {
            site.passed(kind, tokens);
        }
    }

    private void passed(boolean dot, long before, long name) {
        qualified = dot;
        schema = before;
        lastName = name;
    }

    private void operator() {
        if (hasOperators && !plansOnly) {
            suspects.operators(tokens.operatorCharacters(), qualified).ifPresent(found -> {
                result.add(found.traits() | MAY_WRITE);
                result.add(found.state());
                result.maySet(found.settings());
            });
        }
    }

    private void name(Kind kind, Word word) {
        if (previous == Word.EXECUTE && isAroundExecute()) {
            executes(kind);
        }
        if (plansOnly) {
            return;
        }
        known(word);
        suspicious();
        if (functions == null) {
            call(word);
        } else {
            function(kind, word);
        }
    }

    /** Whether the statement is EXPLAIN EXECUTE or CREATE TABLE AS EXECUTE. */
    private boolean isAroundExecute() {
        return opening == Word.EXPLAIN || opening == Word.CREATE;
    }

    /**
     * Notes a statement that is executed. Its plan depends on how often it ran on which server, so it is not explained
     * elsewhere.
     */
    private void executes(Kind kind) {
        result.add(WRITER | MAY_WRITE);
        result.namesStatement(tokens.name(kind));
    }

    /** Judges a word or name of PostgreSQL's own. */
    private void known(Word word) {
        switch (word) {
            case MODIFY, INTO, REFUSED -> result.add(WRITER | MAY_WRITE);
            case SILENT -> result.add(mayUpdateSettings() ? WRITER | VARIES | ASYNCHRONOUS : WRITER | VARIES);
            case TEMPORARY, TEMPORARY_SCHEMA -> result.add(WRITER);
            case VARYING, VOLATILE -> result.add(tokens.beforeParenthesis() ? VARIES : 0);
            case CLOCK, OF_NODE, TABLESAMPLE -> result.add(VARIES);
            case PREPARED_STATEMENTS -> result.add(WRITER | LISTS_STATEMENTS);
            case EXPORT_SNAPSHOT -> result.add(WRITER | EXPORTS_SNAPSHOT);
            case STATEFUL -> {
                result.add(MAY_WRITE);
                changes(STATEFUL);
            }
            case ADVISORY_LOCK -> changes(ADVISORY);
            case SET_SEED -> changes(SEEDS);
            case SET_CONFIG -> setConfig();
            case CURRENT_SETTING -> result.add(setConfig.readsOwnNode(tokens) ? WRITER | VARIES : 0);
            case UNLOGGED -> result.add(UNLOGGED);
            case LAST_VALUE -> result.add(tokens.beforeParenthesis() ? 0 : WRITER | VARIES);
            case RELATION_SIZE -> result.add(SIZES | VARIES);
            case HOLD -> result.add(opening == Word.DECLARE ? HOLDS : NONE);
            case CREATE -> result.add(opening == Word.EXPLAIN ? WRITER | MAY_WRITE : 0);
            case UPDATE, SHARE, NO, KEY -> {
                result.add(previous == Word.FOR ? WRITER : 0);
                result.add(isUpdateInside(word) ? WRITER | MAY_WRITE : 0);
            }
            default -> {}
        }
    }

    /** Notes what a function does to the session, which a standby would not refuse. */
    private void changes(StateTraits state) {
        result.add(WRITER);
        result.add(state);
    }

    private boolean isUpdateInside(Word word) {
        return word == Word.UPDATE && (opening == Word.WITH || opening == Word.EXPLAIN);
    }

    /** Whether the name is that of a view whose UPDATE sets parameters, in a statement that may be one. */
    private boolean mayUpdateSettings() {
        return opening != Word.SELECT && opening != Word.READS && tokens.isWord("pg_settings");
    }

    private void setConfig() {
        result.add(WRITER);
        switch (setConfig.read(tokens)) {
            case LOCAL -> {
                result.add(SETS_LOCALLY);
                result.add(setConfig.name().isEmpty() ? LEAVES : NONE);
                result.localSetting(setConfig.name());
            }
            case SESSION -> result.setting(setConfig.name());
            case UNCLEAR -> result.add(UNKNOWN);
        }
    }

    private void suspicious() {
        Suspect found = suspects.find(schema, tokens.hash());
        boolean relation = qualified || previous == Word.FROM || previous == Word.READS;
        if (!found.isNone() && (relation || !Traits.has(found.traits(), AS_RELATION))) {
            result.add(relation ? found.traits() & ~AS_RELATION : found.traits() | MAY_WRITE);
            result.add(found.state());
            result.maySet(found.settings());
        }
    }

    /** Notes a call of anything but a known function. After a dot, a known name may be that of a user's function. */
    private void call(Word word) {
        boolean known = word.isBeforeParentheses() || (word.isKnownFunction() && !qualified);
        if (!known && tokens.beforeParenthesis()) {
            result.add(MAY_WRITE);
        }
    }

    /** Notes a call, or a name after a dot, which may also be the call of a function of one argument. */
    private void function(Kind kind, Word word) {
        boolean call = tokens.beforeParenthesis();
        if (call || qualified) {
            switch (functions.callee(tokens, kind, qualified, ofServer)) {
                case USERS -> {
                    result.calls('f', tokens.text(kind));
                    call(word);
                }
                case UNKNOWN -> unknown(call && !site.isNoCall(tokens));
                case SERVERS -> serverFunction(call && !word.isKnownOfServer());
            }
        }
        if (!call && functions.isView(tokens, kind, qualified)) {
            result.calls('r', tokens.text(kind));
        }
        ofServer = tokens.isIn(SERVER_SCHEMAS, kind);
    }

    private void serverFunction(boolean mayWrite) {
        if (mayWrite && !site.isNoCall(tokens)) {
            result.add(MAY_WRITE);
        }
    }

    private void unknown(boolean called) {
        if (called) {
            result.add(WRITER | MAY_WRITE | UNKNOWN_FUNCTION);
            result.add(StateTraits.UNKNOWN_FUNCTION);
        }
    }
}
