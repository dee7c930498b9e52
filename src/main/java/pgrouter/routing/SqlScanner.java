package pgrouter.routing;

import static pgrouter.routing.Traits.ADJUSTS_TRANSACTION;
import static pgrouter.routing.Traits.ADVISORY;
import static pgrouter.routing.Traits.ALL_SETTINGS;
import static pgrouter.routing.Traits.AS_RELATION;
import static pgrouter.routing.Traits.CALLS;
import static pgrouter.routing.Traits.CHAINS;
import static pgrouter.routing.Traits.CLOSES;
import static pgrouter.routing.Traits.DATABASES;
import static pgrouter.routing.Traits.ENDS_FIRST;
import static pgrouter.routing.Traits.EXECUTES;
import static pgrouter.routing.Traits.EXPORTS_SNAPSHOT;
import static pgrouter.routing.Traits.HINT_READER;
import static pgrouter.routing.Traits.HOLDS;
import static pgrouter.routing.Traits.LEAVES;
import static pgrouter.routing.Traits.LISTENS;
import static pgrouter.routing.Traits.LISTS_STATEMENTS;
import static pgrouter.routing.Traits.LOADS;
import static pgrouter.routing.Traits.LOCAL_SETTINGS;
import static pgrouter.routing.Traits.MAY_WRITE;
import static pgrouter.routing.Traits.MULTIPLE;
import static pgrouter.routing.Traits.NAMES_STATEMENT;
import static pgrouter.routing.Traits.OPEN_TRANSACTION;
import static pgrouter.routing.Traits.READS;
import static pgrouter.routing.Traits.READ_ONLY_TRANSACTION;
import static pgrouter.routing.Traits.ROLLS_BACK;
import static pgrouter.routing.Traits.SEEDS;
import static pgrouter.routing.Traits.SETS_LOCALLY;
import static pgrouter.routing.Traits.SETTINGS;
import static pgrouter.routing.Traits.SHOWS_OWN_SETTING;
import static pgrouter.routing.Traits.SIZES;
import static pgrouter.routing.Traits.STATE;
import static pgrouter.routing.Traits.STATEMENTS;
import static pgrouter.routing.Traits.TEMPORARY;
import static pgrouter.routing.Traits.UNKNOWN_FUNCTION;
import static pgrouter.routing.Traits.UNKNOWN_STATE;
import static pgrouter.routing.Traits.UNLOGGED;
import static pgrouter.routing.Traits.WRITER;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import pgrouter.routing.Tokens.Kind;

/**
 * Looks at SQL text for what decides its route: the opening keyword of each statement and the names in it. No grammar: where the
 * text alone does not tell, a standby is asked; where it could mislead, the writer is. One pass, without allocation but for the
 * names of parameters and statements that a session changes; an instance belongs to one session.
 */
public final class SqlScanner {
    private static final long MIX = 0x9e3779b97f4a7c15L;

    /** Any string, number or parameter is the same in a fingerprint. */
    private static final int LITERAL = 1;

    /** Parameters that end with their transaction, however they are set. */
    private static final Set<String> OF_TRANSACTION =
            Set.of("transaction_isolation", "transaction_read_only", "transaction_deferrable");

    /** The words of a DO, besides its body, of which the server can be asked what it leaves. */
    private static final Set<String> OF_BLOCK = Set.of("language", "plpgsql");

    private static final int NEVER = 2;

    private static final FunctionNames SERVER_SCHEMAS = FunctionNames.of(Set.of("pg_catalog", "information_schema"));

    private static final Set<String> FALSE = Set.of("false", "off", "0");

    private final Tokens tokens = new Tokens();
    private final SetConfig setConfig = new SetConfig();
    private final SessionCommands commands = new SessionCommands();
    private final List<String> settings = new ArrayList<>();
    private final List<String> statements = new ArrayList<>();
    private final List<String> executed = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private final CallSite site = new CallSite();
    private Suspects suspects = Suspects.NONE;

    /** Null where names that nobody knows are no reason for anything. */
    private Functions functions;

    private long wish;
    private long traits;
    private long fingerprint;
    private int count;
    private boolean opensTransaction;
    private boolean plansOnly;

    /** The hash of the last token where it is a name, and of the name before it where it is a dot. */
    private long lastName;

    private long schema;

    /** Whether the last name is that of a schema of PostgreSQL's own. */
    private boolean ofServer;

    /** The names that count as suspicious from now on, in the database of the session. */
    public void suspects(Suspects names) {
        suspects = names;
        functions = names.functions().orElse(null);
    }

    /** Whether a text without a hint counts as one with a hint for a reader. */
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
        reset(text, start, end, standardStrings);
        long hint = Hint.in(text, start, end);
        traits = hint == 0 ? wish : hint;
        while (true) {
            Kind kind = next();
            if (kind == Kind.END) {
                break;
            }
            if (!isSymbol(kind, ';')) {
                count++;
                traits |= count > 1 ? MULTIPLE : 0;
                statement(kind);
            }
        }
        if (Traits.has(traits, READ_ONLY_TRANSACTION) && opensTransaction) {
            traits |= WRITER;
        }
        if (Traits.has(traits, HINT_READER) && isReadableOnRequest(traits)) {
            traits &= ~WRITER;
        }
        if (Traits.has(traits, STATE | CLOSES)) {
            traits |= commands.read(text, start, end, !standardStrings, suspects);
        }
        return traits;
    }

    /** Whether a wish to run it on a standby can be granted: state and read-write transactions belong to the writer. */
    private boolean isReadableOnRequest(long found) {
        return !Traits.has(found, STATE) && !opensTransaction;
    }

    /** Whether a session that wants to read wherever it can may run what was scanned on a standby. */
    public boolean isReadableOnRequest() {
        return isReadableOnRequest(traits);
    }

    /**
     * The traits of the statement inside a {@code PREPARE}.
     *
     * @return {@link Traits#WRITER} and unknown state where the text is anything but one such statement
     */
    public long scanPrepared(byte[] text, int start, int end, boolean standardStrings) {
        reset(text, start, end, standardStrings);
        traits = 0;
        Kind kind = next();
        boolean prepare = kind == Kind.WORD && tokens.word(kind) == Word.PREPARE;
        while (kind != Kind.END && !(kind == Kind.WORD && tokens.word(kind) == Word.AS)) {
            kind = next();
        }
        if (!prepare || kind == Kind.END) {
            return WRITER | UNKNOWN_STATE;
        }
        statement(next());
        for (kind = next(); kind != Kind.END; kind = next()) {
            if (!isSymbol(kind, ';')) {
                return WRITER | UNKNOWN_STATE;
            }
        }
        return traits;
    }

    /** What the text of the last scan is like with its literals taken out: equal for statements that differ in those only. */
    public long fingerprint() {
        return fingerprint;
    }

    /** The parameters that the text of the last scan may change for its session, in lower case. */
    public List<String> settings() {
        return settings.isEmpty() ? List.of() : List.copyOf(settings);
    }

    /** Where the last scan has found {@link Traits#ASSIGNS}: parameters, in lower case, and their values. */
    public Map<String, String> assigned() {
        return Traits.has(traits, Traits.ASSIGNS) ? commands.assigned() : Map.of();
    }

    /** The prepared statements that the text of the last scan names. */
    public List<String> statements() {
        return statements.isEmpty() ? List.of() : List.copyOf(statements);
    }

    /** Those of them that it executes. */
    public List<String> executed() {
        return executed.isEmpty() ? List.of() : List.copyOf(executed);
    }

    /**
     * The functions of users that it may call, by name after the letter {@code f}, and relations by whose use others are called, after
     * the letter {@code r}.
     */
    public List<String> calls() {
        return calls.isEmpty() ? List.of() : List.copyOf(calls);
    }

    private void reset(byte[] text, int start, int end, boolean standardStrings) {
        tokens.reset(text, start, end, !standardStrings);
        settings.clear();
        statements.clear();
        executed.clear();
        calls.clear();
        fingerprint = 0;
        opensTransaction = false;
        plansOnly = false;
        lastName = Suspects.NO_SCHEMA;
        schema = Suspects.NO_SCHEMA;
        count = 0;
    }

    private Kind next() {
        Kind kind = tokens.next();
        int folded = switch (kind) {
            case WORD, QUOTED, UNCLEAR -> tokens.hash();
            case STRING, NUMBER -> LITERAL;
            case SYMBOL -> tokens.symbol();
            case END -> 0;
        };
        fingerprint = Long.rotateLeft(fingerprint, 5) * MIX + folded;
        return kind;
    }

    /** One statement, from its first token to behind its semicolon. */
    private void statement(Kind first) {
        Kind kind = first;
        while (isSymbol(kind, '(')) {
            kind = next();
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
            case SELECT, READS, WITH -> reads(opening);
            case EXPLAIN -> explain();
            case COPY -> copy();
            case BEGIN, START -> begin();
            case ENDS -> ends();
            case SET -> set();
            case RESET -> reset();
            case SHOW -> show();
            case DISCARD -> discard();
            case PREPARE -> prepare();
            case EXECUTE -> execute();
            case DEALLOCATE -> deallocate();
            case DO -> block();
            case LISTENS -> changes(LISTENS, opening);
            case LOAD -> changes(LOADS, opening);
            case CREATE -> defines(MAY_WRITE, opening);
            case ALTER -> defines(0, opening);
            case CLOSES -> defines(CLOSES, opening);
            default -> changes(0, opening);
        }
    }

    private void reads(Word opening) {
        traits |= READS;
        rest(next(), opening);
    }

    private void changes(long more, Word opening) {
        traits |= WRITER | more;
        rest(next(), opening);
    }

    /** CREATE, ALTER and DROP. */
    private void defines(long more, Word opening) {
        traits |= WRITER | more;
        Kind kind = next();
        traits |= kind == Kind.WORD && tokens.word(kind) == Word.DATABASE ? DATABASES : 0;
        rest(kind, opening);
    }

    /** Without ANALYZE nothing is executed: what a standby could not run it can still plan. */
    private void explain() {
        traits |= READS;
        Kind kind = next();
        if (isSymbol(kind, '(')) {
            plansOnly = !analyzes();
            kind = next();
        } else {
            plansOnly = word(kind) != Word.ANALYZE;
        }
        rest(kind, Word.EXPLAIN);
        plansOnly = false;
    }

    /** The options of EXPLAIN, up to their closing parenthesis: of ANALYZE given twice the last one counts. */
    private boolean analyzes() {
        boolean analyze = false;
        boolean named = false;
        for (Kind kind = next(); kind != Kind.END && !isSymbol(kind, ')'); kind = next()) {
            boolean name = word(kind) == Word.ANALYZE;
            boolean value = named && !name && !isSymbol(kind, ',');
            analyze = name || (analyze && !(value && isFalse(kind)));
            named = name;
        }
        return analyze;
    }

    private boolean isFalse(Kind kind) {
        String value = kind == Kind.STRING ? tokens.plainString() : tokens.spelling();
        return value != null && FALSE.contains(value);
    }

    /** The tokens of a statement behind its opening keyword. */
    private void rest(Kind first, Word opening) {
        Word previous = opening;
        boolean makesTable = opening == Word.CREATE;
        boolean qualified = false;
        boolean defines = opening == Word.CREATE || opening == Word.ALTER;
        int afterSet = NEVER;
        site.begin(opening == Word.WITH);
        for (Kind kind = first; kind != Kind.END && !isSymbol(kind, ';'); kind = next()) {
            Word word = word(kind);
            afterSet = word == Word.SET ? 0 : afterSet + 1;
            traits |= defines && afterSet == 2 && isSymbol(kind, '.') ? LEAVES : 0;
            makesTable |= word == Word.INTO || word == Word.CREATE;
            traits |= makesTable && isTemporary(word) ? TEMPORARY : 0;
            token(kind, word, previous, opening, qualified);
            passed(kind);
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
            traits |= WRITER | UNKNOWN_STATE | MAY_WRITE;
        } else if (kind == Kind.SYMBOL) {
            operator(qualified);
        } else if (kind == Kind.WORD || kind == Kind.QUOTED) {
            if (previous == Word.EXECUTE && isAround(opening)) {
                executes(kind);
            }
            if (!plansOnly) {
                name(word, previous, opening);
                suspicious(previous, qualified);
                call(word, qualified);
                if (functions != null) {
                    function(kind, qualified);
                }
            }
        }
    }

    /** A call of anything but a function that is known; behind a dot, a known name may be somebody else's. */
    private void call(Word word, boolean qualified) {
        boolean known = word.isBeforeParentheses() || (word.isName() && !qualified);
        if (!known && tokens.beforeParenthesis()) {
            traits |= MAY_WRITE;
        }
    }

    /** What is selected with a dot may be the call of a function of one argument, too. */
    private void function(Kind kind, boolean qualified) {
        boolean call = tokens.beforeParenthesis();
        if (call || qualified) {
            switch (functions.callee(tokens, kind, qualified, ofServer)) {
                case USERS -> calls('f', kind);
                case UNKNOWN -> traits |= call && !site.isNoCall(tokens) ? WRITER | MAY_WRITE | UNKNOWN_FUNCTION : 0;
                case SERVERS -> {}
            }
        }
        if (!call && functions.isView(tokens, kind, qualified)) {
            calls('r', kind);
        }
        ofServer = tokens.isIn(SERVER_SCHEMAS, kind);
    }

    private void calls(char object, Kind kind) {
        traits |= CALLS;
        calls.add(object + tokens.text(kind));
    }

    private void passed(Kind kind) {
        schema = isSymbol(kind, '.') ? lastName : Suspects.NO_SCHEMA;
        lastName = kind == Kind.WORD || kind == Kind.QUOTED ? tokens.hash() : Suspects.NO_SCHEMA;
        if (functions != null) {
            site.passed(kind, tokens);
        }
    }

    private void operator(boolean qualified) {
        if (suspects.hasOperators() && !plansOnly) {
            suspects.operators(tokens.operatorCharacters(), qualified).ifPresent(found -> {
                traits |= found.traits() | MAY_WRITE;
                settings.addAll(found.settings());
            });
        }
    }

    private void suspicious(Word previous, boolean qualified) {
        long found = suspects.traits(schema, tokens.hash());
        boolean relation = qualified || previous == Word.FROM || previous == Word.READS;
        if (found != 0 && (relation || !Traits.has(found, AS_RELATION))) {
            traits |= relation ? found & ~AS_RELATION : found | MAY_WRITE;
            settings.addAll(suspects.settings(schema, tokens.hash()));
        }
    }

    private void name(Word word, Word previous, Word opening) {
        switch (word) {
            case MODIFY, INTO, REFUSED -> traits |= WRITER | MAY_WRITE;
            case SILENT, TEMPORARY, TEMPORARY_SCHEMA -> traits |= WRITER;
            case PREPARED_STATEMENTS -> traits |= WRITER | LISTS_STATEMENTS;
            case EXPORT_SNAPSHOT -> traits |= WRITER | EXPORTS_SNAPSHOT;
            case STATEFUL -> traits |= WRITER | MAY_WRITE | ADVISORY | UNKNOWN_STATE;
            case ADVISORY_LOCK -> traits |= WRITER | ADVISORY;
            case SET_SEED -> traits |= WRITER | SEEDS;
            case SET_CONFIG -> setConfig();
            case CURRENT_SETTING -> traits |= setConfig.readsOwnNode(tokens) ? WRITER : 0;
            case UNLOGGED -> traits |= UNLOGGED;
            case LAST_VALUE -> traits |= tokens.beforeParenthesis() ? 0 : WRITER;
            case RELATION_SIZE -> traits |= SIZES;
            case HOLD -> traits |= opening == Word.DECLARE ? HOLDS : 0;
            case CREATE -> traits |= opening == Word.EXPLAIN ? WRITER | MAY_WRITE : 0;
            case UPDATE, SHARE, NO, KEY -> {
                traits |= previous == Word.FOR ? WRITER : 0;
                traits |= isUpdateIn(word, opening) ? WRITER | MAY_WRITE : 0;
            }
            default -> {}
        }
    }

    private void setConfig() {
        traits |= WRITER;
        switch (setConfig.read(tokens)) {
            case LOCAL -> {
                traits |= SETS_LOCALLY | (setConfig.name().isEmpty() ? LEAVES : 0);
                localSetting(setConfig.name());
            }
            case SESSION -> setting(setConfig.name());
            case UNCLEAR -> traits |= UNKNOWN_STATE;
        }
    }

    /** EXPLAIN EXECUTE and CREATE TABLE AS EXECUTE. */
    private static boolean isAround(Word opening) {
        return opening == Word.EXPLAIN || opening == Word.CREATE;
    }

    /** How a statement is planned depends on how often it ran where, so that it is not explained elsewhere. */
    private void executes(Kind kind) {
        traits |= WRITER | MAY_WRITE | NAMES_STATEMENT;
        statements.add(tokens.name(kind));
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
        site.begin(false);
        site.passed(Kind.WORD, tokens);
        for (Kind kind = next(); kind != Kind.END && !isSymbol(kind, ';'); kind = next()) {
            depth += isSymbol(kind, '(') ? 1 : isSymbol(kind, ')') ? -1 : 0;
            Word word = word(kind);
            toStdout |= depth == 0 && previous == Word.TO && word == Word.STDOUT;
            token(kind, word, previous, Word.COPY, qualified);
            passed(kind);
            previous = word;
            qualified = isSymbol(kind, '.');
        }
        traits |= toStdout ? READS : WRITER;
    }

    /** BEGIN and START TRANSACTION: for a reader if READ ONLY is the last word on it and the isolation is not SERIALIZABLE. */
    private void begin() {
        boolean readOnly = false;
        boolean open = true;
        boolean serializable = false;
        Word previous = Word.BEGIN;
        for (Kind kind = next(); kind != Kind.END && !isSymbol(kind, ';'); kind = next()) {
            Word word = kind == Kind.WORD ? tokens.word(kind) : Word.OTHER;
            if (previous == Word.READ && (word == Word.ONLY || word == Word.WRITE)) {
                readOnly = word == Word.ONLY;
                open = false;
            }
            serializable |= word == Word.SERIALIZABLE;
            previous = word;
        }
        boolean forReader = readOnly && !serializable;
        opensTransaction |= !forReader;
        traits |= forReader ? READ_ONLY_TRANSACTION : WRITER;
        traits |= open && !serializable ? OPEN_TRANSACTION : 0;
    }

    /**
     * The end of a read-only transaction of the same text is where that is. ROLLBACK TO ends nothing, and COMMIT PREPARED another
     * one.
     */
    private void ends() {
        boolean here = Traits.has(traits, READ_ONLY_TRANSACTION) && !opensTransaction;
        String opening = tokens.name(Kind.WORD);
        boolean undoes = opening.equals("rollback") || opening.equals("abort");
        boolean chains = false;
        boolean other = false;
        Word previous = Word.ENDS;
        for (Kind kind = next(); kind != Kind.END && !isSymbol(kind, ';'); kind = next()) {
            Word word = kind == Kind.WORD ? tokens.word(kind) : Word.OTHER;
            String name = kind == Kind.WORD ? tokens.name(kind) : "";
            chains |= name.equals("chain") && previous != Word.NO;
            other |= word == Word.TO || name.equals("prepared");
            previous = word;
        }
        traits |= count == 1 && !other ? ENDS_FIRST : 0;
        traits |= count == 1 && !other && undoes ? ROLLS_BACK : 0;
        traits |= here && !chains && !other ? 0 : WRITER;
        traits |= chains && !other ? CHAINS : 0;
    }

    /** SET LOCAL, SET TRANSACTION and SET CONSTRAINTS end with their transaction; any other SET stays with the session. */
    private void set() {
        traits |= WRITER;
        Kind kind = next();
        Word first = kind == Kind.WORD ? tokens.word(kind) : Word.OTHER;
        boolean passing = first == Word.LOCAL || first == Word.TRANSACTION || first == Word.CONSTRAINTS;
        boolean more = passing || first == Word.SESSION;
        String firstName = more ? tokens.name(kind) : "";
        Kind second = more ? next() : kind;
        traits |= first == Word.TRANSACTION ? ADJUSTS_TRANSACTION : 0;
        traits |= first == Word.LOCAL ? SETS_LOCALLY : 0;
        if (passing && !isSymbol(second, '.')) {
            boolean ofTransaction = second == Kind.WORD && OF_TRANSACTION.contains(tokens.name(second));
            traits |= ofTransaction ? ADJUSTS_TRANSACTION : 0;
            if (first == Word.LOCAL && second == Kind.WORD) {
                local(tokens.name(second));
            } else {
                rest(second, Word.SET);
            }
        } else if (more && isSymbol(second, '.')) {
            qualifiedSetting(firstName);
        } else {
            parameter(second);
        }
    }

    /** SET LOCAL, behind the first part of the parameter's name. */
    private void local(String prefix) {
        Kind kind = next();
        if (isSymbol(kind, '.')) {
            kind = next();
            localSetting(prefix + "." + (kind == Kind.WORD || kind == Kind.QUOTED ? tokens.name(kind) : ""));
            kind = next();
        }
        rest(kind, Word.SET);
    }

    private void localSetting(String name) {
        if (name.indexOf('.') > 0) {
            traits |= LOCAL_SETTINGS;
            settings.add(name);
        }
    }

    private void reset() {
        traits |= WRITER;
        Kind kind = next();
        if (kind == Kind.WORD && tokens.word(kind) == Word.ALL) {
            traits |= ALL_SETTINGS;
            rest(next(), Word.RESET);
        } else {
            parameter(kind);
        }
    }

    /** From the name of a parameter, as gram.y spells some of them in words of their own, to the end of the statement. */
    private void parameter(Kind kind) {
        Word word = kind == Kind.WORD ? tokens.word(kind) : Word.OTHER;
        switch (word) {
            case TIME -> setting("timezone");
            case NAMES -> setting("client_encoding");
            case SCHEMA -> setting("search_path");
            case XML -> setting("xmloption");
            case ROLE -> setting("role");
            case SEED -> traits |= SEEDS;
            case SESSION, AUTHORIZATION -> setting("session_authorization");
            case CHARACTERISTICS -> {
                setting("default_transaction_isolation");
                setting("default_transaction_read_only");
                setting("default_transaction_deferrable");
            }
            default -> {
                named(kind);
                return;
            }
        }
        rest(next(), Word.SET);
    }

    private void named(Kind kind) {
        if (kind != Kind.WORD && kind != Kind.QUOTED) {
            traits |= kind == Kind.END || kind == Kind.SYMBOL ? 0 : UNKNOWN_STATE;
            rest(kind, Word.SET);
            return;
        }
        String name = tokens.name(kind);
        Kind following = next();
        if (isSymbol(following, '.')) {
            qualifiedSetting(name);
        } else {
            setting(name);
            rest(following, Word.SET);
        }
    }

    /** Behind the first dot of a parameter's name. */
    private void qualifiedSetting(String prefix) {
        StringBuilder name = new StringBuilder(prefix);
        Kind kind = next();
        while (kind == Kind.WORD || kind == Kind.QUOTED) {
            name.append('.').append(tokens.name(kind));
            kind = next();
            if (!isSymbol(kind, '.')) {
                break;
            }
            kind = next();
        }
        setting(name.toString());
        rest(kind, Word.SET);
    }

    private void setting(String name) {
        if (OF_TRANSACTION.contains(name)) {
            traits |= ADJUSTS_TRANSACTION;
            return;
        }
        traits |= SETTINGS;
        settings.add(name);
        if (name.equals("session_authorization")) {
            settings.add("role");
        }
    }

    private void show() {
        traits |= WRITER;
        Kind kind = next();
        boolean own = kind == Kind.WORD && tokens.word(kind) == Word.PGROUTER;
        Kind following = next();
        traits |= own && isSymbol(following, '.') ? SHOWS_OWN_SETTING : 0;
        rest(following, Word.SHOW);
    }

    private void discard() {
        traits |= WRITER | TEMPORARY;
        Kind kind = next();
        if (kind == Kind.WORD && tokens.word(kind) == Word.ALL) {
            traits |= ALL_SETTINGS | STATEMENTS | ADVISORY | LISTENS | HOLDS;
        }
        rest(kind, Word.DISCARD);
    }

    private void prepare() {
        Kind kind = next();
        traits |= WRITER;
        if (kind == Kind.WORD && tokens.word(kind) == Word.TRANSACTION) {
            rest(kind, Word.PREPARE);
        } else {
            prepared(kind, STATEMENTS);
            skip();
        }
    }

    /** What is prepared is not executed yet. */
    private void skip() {
        Kind kind = next();
        while (kind != Kind.END && !isSymbol(kind, ';')) {
            traits |= kind == Kind.UNCLEAR ? UNKNOWN_STATE : 0;
            kind = next();
        }
    }

    private void execute() {
        Kind kind = next();
        traits |= EXECUTES | NAMES_STATEMENT;
        if (kind == Kind.WORD || kind == Kind.QUOTED) {
            executed.add(tokens.name(kind));
            statements.add(tokens.name(kind));
        } else {
            traits |= WRITER;
        }
        rest(next(), Word.EXECUTE);
    }

    private void deallocate() {
        traits |= WRITER;
        Kind kind = next();
        if (kind == Kind.WORD && tokens.word(kind) == Word.PREPARE) {
            kind = next();
        }
        if (kind == Kind.WORD && tokens.word(kind) == Word.ALL) {
            traits |= STATEMENTS;
        } else {
            prepared(kind, STATEMENTS);
        }
        rest(next(), Word.DEALLOCATE);
    }

    private void prepared(Kind kind, long change) {
        traits |= change | NAMES_STATEMENT;
        if (kind == Kind.WORD || kind == Kind.QUOTED) {
            statements.add(tokens.name(kind));
        } else {
            traits |= UNKNOWN_STATE;
        }
    }

    /** DO: its body is in a string, and what that may do to the session is looked for there. */
    private void block() {
        traits |= WRITER | MAY_WRITE;
        int strings = 0;
        for (Kind kind = next(); kind != Kind.END && !isSymbol(kind, ';'); kind = next()) {
            if (kind == Kind.STRING) {
                traits |= ++strings > 1 ? LEAVES : 0;
                FunctionBody body = FunctionBody.read(tokens.text(), tokens.start(), tokens.position());
                traits |= body.traits() & (STATE | LEAVES);
                settings.addAll(body.settings());
            } else if (kind == Kind.UNCLEAR) {
                traits |= UNKNOWN_STATE;
            } else if (kind == Kind.WORD || kind == Kind.QUOTED) {
                traits |= OF_BLOCK.contains(tokens.name(kind)) ? 0 : LEAVES;
            }
        }
    }

    private boolean isSymbol(Kind kind, char symbol) {
        return kind == Kind.SYMBOL && tokens.symbol() == symbol;
    }
}
