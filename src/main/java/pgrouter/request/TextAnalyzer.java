package pgrouter.request;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import pgrouter.config.RouteRules;
import pgrouter.config.TextRule;
import pgrouter.log.Log;
import pgrouter.request.Statement.Finding;
import pgrouter.routing.SqlScanner;
import pgrouter.routing.SuspectNames;
import pgrouter.routing.Traits;

/**
 * Tells what the texts of a session show: read in its encoding, by what is suspicious in its database and by the administrator's rules.
 * Client thread only.
 */
public final class TextAnalyzer {
    /** Traits of a text that pgrouter cannot read: it may do anything. */
    static final long UNREAD = Traits.WRITER | Traits.UNKNOWN_STATE | Traits.MAY_WRITE;

    private static final Log LOG = Log.of("session");

    private final SqlScanner scanner = new SqlScanner();
    private final Statements statements;
    private final Reported reported;
    private final RouteRules rules;
    private SuspectNames suspects = SuspectNames.NONE;

    /** Something in the request may have changed where the names that follow are looked for. */
    private boolean moved;

    /** @param reported what the server has said of how its texts are to be read */
    public TextAnalyzer(Statements statements, Reported reported, RouteRules rules) {
        this.statements = statements;
        this.reported = reported;
        this.rules = rules;
    }

    /** What counts as suspicious in the texts that follow. */
    public void suspects(SuspectNames next) {
        suspects = next;
        scanner.suspects(present());
    }

    public SuspectNames suspects() {
        return suspects;
    }

    /** What counts as suspicious at this place of the request. */
    SuspectNames present() {
        return moved ? suspects.whole() : suspects;
    }

    /** Whether texts that do not say otherwise are meant for a standby wherever that is to be had. */
    public void prefersReader(boolean wish) {
        scanner.prefersReader(wish);
    }

    /** Another request begins. */
    void begin() {
        if (moved) {
            moved = false;
            scanner.suspects(suspects);
        }
    }

    /** @return whether more is suspicious from here on, and in the text that shows this */
    private boolean moves(long traits) {
        if (moved || !Traits.has(traits, Traits.MAY_MOVE)) {
            return false;
        }
        moved = true;
        scanner.suspects(present());
        return suspects != suspects.whole();
    }

    /**
     * The traits of a text of the present request.
     *
     * @param end of the text, before its zero byte
     */
    long traits(byte[] bytes, int start, int end) {
        if (!reported.encoding().isReadable(bytes, start, end)) {
            return UNREAD;
        }
        long traits = scan(bytes, start, end);
        if (moves(traits)) {
            traits = scan(bytes, start, end);
        }
        return byRules(bytes, start, end, traits);
    }

    private long scan(byte[] bytes, int start, int end) {
        return scanner.scan(bytes, start, end, reported.encoding().standardStrings());
    }

    /** The fingerprint of the text that was read last. */
    long fingerprint() {
        return scanner.fingerprint();
    }

    /** The prepared statements that the text names that was read last. */
    List<String> named() {
        return scanner.statements();
    }

    /** All that the text shows that was read last, and that has these traits. */
    Finding finding(long traits) {
        return new Finding(
                traits,
                scanner.fingerprint(),
                scanner.settings(),
                scanner.statements(),
                scanner.executed(),
                scanner.assigned(),
                scanner.calls());
    }

    /** What a statement shows by what is suspicious now. */
    Finding finding(Statement statement) {
        do {
            if (statement.isKept() && !statement.isFoundUnder(present())) {
                byte[] text = statement.text();
                Finding again = statement.isBySql() ? prepared(text) : parsed(text);
                statements.found(statement, again, present());
            }
        } while (moves(statement.finding().traits()));
        return statement.finding();
    }

    private Finding parsed(byte[] text) {
        if (!reported.encoding().isReadable(text, 0, text.length)) {
            return Finding.of(UNREAD);
        }
        return finding(byRules(text, 0, text.length, scan(text, 0, text.length)));
    }

    /** What a text prepares that SQL has prepared on the server, to be prepared elsewhere by the same text. */
    public Finding prepared(byte[] text) {
        long traits =
                scanner.scanPrepared(text, 0, text.length, reported.encoding().standardStrings());
        return new Finding(
                traits, scanner.fingerprint(), scanner.settings(), List.of(), List.of(), Map.of(), scanner.calls());
    }

    /** What the administrator's rules make of the traits of the text that was read last. */
    private long byRules(byte[] bytes, int start, int end, long traits) {
        if (!rules.matchTexts()) {
            return traits;
        }
        String text = new String(bytes, start, end - start, StandardCharsets.UTF_8);
        if (isMatched(rules.writerMatching(), text, true)) {
            return traits | Traits.HINT_WRITER;
        }
        boolean reader = isMatched(rules.readerMatching(), text, false) && scanner.isReadableOnRequest();
        return reader ? (traits | Traits.HINT_READER) & ~Traits.WRITER : traits;
    }

    /** @param unknown the answer where a search was given up: the one that is for the primary */
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
