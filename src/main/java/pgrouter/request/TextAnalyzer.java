package pgrouter.request;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import pgrouter.config.RouteRules;
import pgrouter.config.TextRule;
import pgrouter.log.Log;
import pgrouter.request.Statement.Finding;
import pgrouter.routing.SqlScanner;
import pgrouter.routing.StateTraits;
import pgrouter.routing.SuspectNames;
import pgrouter.routing.Traits;

/**
 * Finds the traits of a session's texts: reads them in its encoding, with the names that are suspicious in its database
 * and the administrator's rules. Client thread only.
 */
public final class TextAnalyzer {
    /** The findings in a text that pgrouter cannot read: it may do anything. */
    static final Finding UNREAD = Finding.of(Traits.WRITER | Traits.MAY_WRITE, StateTraits.UNKNOWN);

    private static final Log LOG = Log.of("session");

    private final SqlScanner scanner = new SqlScanner();
    private final Statements statements;
    private final Reported reported;
    private final RouteRules rules;
    private SuspectNames suspects = SuspectNames.NONE;

    private long traits;
    private StateTraits state = StateTraits.NONE;

    /** Whether a text of the request may have changed the schemas in which later names are looked for. */
    private boolean moved;

    /** @param reported the parameters by which the server reads texts */
    public TextAnalyzer(Statements statements, Reported reported, RouteRules rules) {
        this.statements = statements;
        this.reported = reported;
        this.rules = rules;
    }

    /** Sets the suspicious names for the texts that follow. */
    public void suspects(SuspectNames next) {
        suspects = next;
        scanner.suspects(present());
    }

    public SuspectNames suspects() {
        return suspects;
    }

    /** The suspicious names at this place of the request. */
    SuspectNames present() {
        return moved ? suspects.whole() : suspects;
    }

    /** Sets whether texts without a hint are meant for a standby where that is possible. */
    public void prefersReader(boolean wish) {
        scanner.prefersReader(wish);
    }

    /** Begins another request. */
    void begin() {
        if (moved) {
            moved = false;
            scanner.suspects(suspects);
        }
    }

    /** @return whether more is suspicious from here on, and in the text that shows this */
    private boolean moves(StateTraits text) {
        if (moved || !text.has(StateTraits.MAY_MOVE)) {
            return false;
        }
        moved = true;
        scanner.suspects(present());
        return suspects != suspects.whole();
    }

    /**
     * Reads a text of the present request.
     *
     * @param end of the text, before its zero byte
     */
    void read(byte[] bytes, int start, int end) {
        if (!reported.encoding().isReadable(bytes, start, end)) {
            traits = UNREAD.traits();
            state = UNREAD.state();
            return;
        }
        scan(bytes, start, end);
        if (moves(state)) {
            scan(bytes, start, end);
        }
        traits = byRules(bytes, start, end);
    }

    private void scan(byte[] bytes, int start, int end) {
        traits = scanner.scan(bytes, start, end, reported.encoding().standardStrings());
        state = scanner.state();
    }

    /** The traits of the last text. */
    long traits() {
        return traits;
    }

    /** The possible effects of the last text on the session. */
    StateTraits state() {
        return state;
    }

    /** The fingerprint of the last text. */
    long fingerprint() {
        return scanner.fingerprint();
    }

    /** The prepared statements that the last text names. */
    List<String> named() {
        return scanner.statements();
    }

    /** The findings in the last text. */
    Finding finding() {
        return new Finding(
                traits,
                state,
                scanner.fingerprint(),
                scanner.settings(),
                scanner.statements(),
                scanner.executed(),
                scanner.assigned(),
                scanner.calls());
    }

    /** The findings in a statement with the names that are suspicious now. */
    Finding finding(Statement statement) {
        do {
            if (statement.isKept() && !statement.isFoundUnder(present())) {
                byte[] text = statement.text();
                Finding again = statement.isBySql() ? prepared(text) : parsed(text);
                statements.found(statement, again, present());
            }
        } while (moves(statement.finding().state()));
        return statement.finding();
    }

    private Finding parsed(byte[] text) {
        if (!reported.encoding().isReadable(text, 0, text.length)) {
            return UNREAD;
        }
        scan(text, 0, text.length);
        traits = byRules(text, 0, text.length);
        return finding();
    }

    /** The findings in a text with which SQL has prepared a statement on the server, and which prepares it elsewhere. */
    public Finding prepared(byte[] text) {
        traits = scanner.scanPrepared(text, 0, text.length, reported.encoding().standardStrings());
        state = scanner.state();
        return new Finding(
                traits,
                state,
                scanner.fingerprint(),
                scanner.settings(),
                List.of(),
                List.of(),
                Map.of(),
                scanner.calls());
    }

    /** The traits of the last text after the administrator's rules. */
    private long byRules(byte[] bytes, int start, int end) {
        if (!rules.matchTexts()) {
            return traits;
        }
        String text = new String(bytes, start, end - start, StandardCharsets.UTF_8);
        if (isMatched(rules.writerMatching(), text, true)) {
            return traits | Traits.HINT_WRITER;
        }
        boolean reader = isMatched(rules.readerMatching(), text, false) && scanner.isReadableOnRequest();
        return reader ? (traits | Traits.HINT_READER) & ~Traits.FOR_WRITER : traits;
    }

    /** @param unknown the answer where a search was given up: the one that routes to the primary */
    private static boolean isMatched(List<TextRule> rules, String text, boolean unknown) {
        return rules.stream().anyMatch(rule -> switch (rule.search(text)) {
            case FOUND -> true;
            case NOT_FOUND -> false;
            case UNKNOWN -> tooCostly(rule) && unknown;
        });
    }

    private static boolean tooCostly(TextRule rule) {
        if (rule.isFirstTooCostly()) {
            LOG.warn("route matching '" + rule + "': a text takes it too long to search, and is for the primary");
        }
        return true;
    }
}
