package pgrouter.request;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pgrouter.config.RouteRules;
import pgrouter.config.TextRule;
import pgrouter.log.Log;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageReader;
import pgrouter.protocol.ProtocolException;
import pgrouter.request.Statement.Finding;
import pgrouter.routing.SqlScanner;
import pgrouter.routing.Suspects;
import pgrouter.routing.Traits;

/** Notes in a {@link Request} what one message of it shows. Runs on the client thread. */
public final class RequestInspector {
    private static final Log LOG = Log.of("session");

    /** Of a text that nobody has read, anything must be expected. */
    private static final long UNREAD = Traits.WRITER | Traits.UNKNOWN_STATE | Traits.MAY_WRITE;

    private static final long OPENS = Traits.READ_ONLY_TRANSACTION | Traits.OPEN_TRANSACTION;
    private static final long MAY_WRITE = Traits.WRITER | Traits.MAY_WRITE;

    private static final int LONGEST_NAME = 1024;

    private final SqlScanner scanner = new SqlScanner();
    private final Statements statements;
    private final Reported reported;
    private final RouteRules rules;
    private Suspects suspects = Suspects.NONE;

    /** Something in the request may have changed where the names that follow are looked for. */
    private boolean moved;

    /** The statement that was bound last, which is probably the next one too. */
    private String bound = Statement.UNNAMED;

    /** The portal that was made last, and of which statement. */
    private String portal = Statement.UNNAMED;

    private Statement ofPortal = Statement.UNKNOWN;

    /** @param reported what the server has said of how its texts are to be read */
    public RequestInspector(Statements statements, Reported reported, RouteRules rules) {
        this.statements = statements;
        this.reported = reported;
        this.rules = rules;
    }

    /** What counts as suspicious in the texts that follow. */
    public void suspects(Suspects next) {
        suspects = next;
        scanner.suspects(present());
    }

    private Suspects present() {
        return moved ? suspects.whole() : suspects;
    }

    /** Another request begins. */
    public void begin() {
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

    public Suspects suspects() {
        return suspects;
    }

    /** Whether texts that do not say otherwise are meant for a standby wherever that is to be had. */
    public void prefersReader(boolean wish) {
        scanner.prefersReader(wish);
    }

    /**
     * A message that PostgreSQL cannot read shows nothing: it fails before it does anything, and the primary says so. One for which there
     * is no room, and that nothing is noted of, makes the request one that {@link Request#exceeds}.
     *
     * @param start of the whole message, its tag, in the array
     */
    public void inspect(Request request, byte[] bytes, int start, int end) {
        if (request.isNotedMuch() && notes(bytes[start]) && exceeds(request, 0)) {
            return;
        }
        try {
            read(request, bytes, start, end);
        } catch (ProtocolException malformed) {
            request.malformed();
            request.add(Traits.WRITER);
        }
        if (request.isNotedMuch()) {
            request.charge(statements.memory());
        }
    }

    /** What a message shows is noted when all of it was read, as far as the session's state depends on it. */
    private void read(Request request, byte[] bytes, int start, int end) throws ProtocolException {
        int body = start + 5;
        switch (bytes[start]) {
            case FrontendTag.QUERY -> query(request, bytes, body, end);
            case FrontendTag.PARSE -> parse(request, bytes, start, end);
            case FrontendTag.BIND -> bind(request, new MessageReader(bytes, body, end));
            case FrontendTag.DESCRIBE, FrontendTag.CLOSE ->
                describeOrClose(request, bytes[start], new MessageReader(bytes, body, end));
            case FrontendTag.FUNCTION_CALL -> request.add(MAY_WRITE | Traits.ADVISORY);
            case FrontendTag.FLUSH -> end(new MessageReader(bytes, body, end));
            default -> {}
        }
    }

    /** Whether such a message may add to what is noted of a request that goes on after it. */
    private static boolean notes(byte tag) {
        return switch (tag) {
            case FrontendTag.PARSE, FrontendTag.BIND, FrontendTag.DESCRIBE, FrontendTag.CLOSE -> true;
            default -> false;
        };
    }

    /** Whether there is no room for so many bytes besides what is noted of the request. */
    private boolean exceeds(Request request, long more) {
        Optional<ErrorResponse> error = statements.memory().error(request.uncharged() + more);
        error.ifPresent(request::exceeds);
        return error.isPresent();
    }

    /** A statement that SQL prepares is kept when the server has told it. */
    private boolean exceedsBySql(Request request, long traits, int length) {
        boolean prepares = Traits.has(traits, Traits.STATEMENTS) && !Traits.has(traits, Traits.RESETS);
        List<String> names = prepares ? scanner.statements() : List.of();
        return !names.isEmpty() && exceeds(request, names.size() * Statement.bytes(names.getFirst(), length));
    }

    /** {@code pq_getmsgend} in pqformat.c. */
    private static void end(MessageReader reader) throws ProtocolException {
        if (reader.remaining() != 0) {
            throw new ProtocolException("invalid message format");
        }
    }

    /**
     * A message of which only the beginning can be kept.
     *
     * @param end of the part that is there
     * @throws ProtocolException where a name in it goes on behind that
     */
    public void inspectBeginning(Request request, byte[] bytes, int start, int end) throws ProtocolException {
        int body = start + 5;
        switch (bytes[start]) {
            case FrontendTag.QUERY -> request.add(UNREAD);
            case FrontendTag.FUNCTION_CALL -> request.add(MAY_WRITE | Traits.ADVISORY);
            case FrontendTag.PARSE -> {
                String name = new MessageReader(bytes, body, end).string();
                if (!name.isEmpty() && exceeds(request, Statement.bytes(name, 0))) {
                    return;
                }
                request.add(UNREAD);
                request.parsesOrCloses(Statement.notKept(name, UNREAD));
            }
            default -> read(request, bytes, start, end);
        }
    }

    /** What a text prepares that SQL has prepared on the server, to be prepared elsewhere by the same text. */
    public Finding prepared(byte[] text) {
        long traits =
                scanner.scanPrepared(text, 0, text.length, reported.encoding().standardStrings());
        return new Finding(
                traits, scanner.fingerprint(), scanner.settings(), List.of(), List.of(), Map.of(), scanner.calls());
    }

    private void query(Request request, byte[] bytes, int start, int end) throws ProtocolException {
        MessageReader reader = new MessageReader(bytes, start, end);
        reader.skipString();
        end(reader);
        long traits = scan(bytes, start, end);
        if (exceedsBySql(request, traits, end - start)) {
            return;
        }
        if (Traits.has(traits, Traits.STATE | Traits.NAMES_STATEMENT | Traits.LOCAL_SETTINGS | Traits.CALLS | OPENS)) {
            Finding finding = finding(traits);
            request.found(finding);
            changesState(request, bytes, start, end, traits);
            executes(request, finding.executed());
        } else {
            request.found(traits, scanner.fingerprint());
        }
    }

    private Finding finding(long traits) {
        return new Finding(
                traits,
                scanner.fingerprint(),
                scanner.settings(),
                scanner.statements(),
                scanner.executed(),
                scanner.assigned(),
                scanner.calls());
    }

    private void parse(Request request, byte[] bytes, int start, int end) throws ProtocolException {
        MessageReader reader = new MessageReader(bytes, start + 5, end);
        String name = reader.string();
        int text = reader.position();
        reader.skipString();
        int endOfText = reader.position();
        reader.skip(4 * reader.int16());
        end(reader);
        if (!name.isEmpty() && exceeds(request, Statement.bytes(name, end - start))) {
            return;
        }
        long traits = scan(bytes, text, endOfText);
        if (exceedsBySql(request, traits, end - start)) {
            return;
        }
        Finding finding = finding(traits);
        request.found(finding);
        changesState(request, bytes, text, endOfText, traits);
        executes(request, finding.executed());
        if (!name.isEmpty() && statements.find(name).isPresent()) {
            request.refersTo(name);
        }
        Statement statement = new Statement(name, Arrays.copyOfRange(bytes, start, end), finding);
        statement.found(finding, present());
        request.parsesOrCloses(statement);
    }

    private void bind(Request request, MessageReader reader) throws ProtocolException {
        String destination = reader.string(portal);
        String statement = reader.string(bound);
        bound = isShort(statement) ? statement : Statement.UNNAMED;
        portal = isShort(destination) ? destination : Statement.UNNAMED;
        ofPortal = isShort(destination) ? request.named(statement, statements) : Statement.UNKNOWN;
        uses(request, statement);
    }

    /** A name that is worth to be kept until the next message. */
    private static boolean isShort(String name) {
        return name.length() <= LONGEST_NAME;
    }

    private void describeOrClose(Request request, byte tag, MessageReader reader) throws ProtocolException {
        byte kind = reader.int8();
        String name = reader.string(kind == 'P' ? portal : bound);
        end(reader);
        switch (kind) {
            case 'S' -> closesOrDescribes(request, tag, name);
            case 'P' -> {
                if (tag == FrontendTag.DESCRIBE) {
                    request.describes(name.equals(portal) ? ofPortal : Statement.UNKNOWN);
                }
            }
            default -> throw new ProtocolException("invalid message subtype " + kind);
        }
    }

    private void closesOrDescribes(Request request, byte tag, String name) {
        if (tag == FrontendTag.CLOSE) {
            request.parsesOrCloses(Statement.named(name));
        } else {
            Statement statement = request.named(name, statements);
            request.describes(statement);
            uses(request, name);
        }
    }

    /** What a statement shows that was parsed earlier; PostgreSQL's own answer to an unknown name is the writer's. */
    private void uses(Request request, String name) {
        if (request.length() == 0) {
            request.beginsWith(name);
        }
        if (!request.refersTo(name)) {
            return;
        }
        Optional<Statement> statement = statements.find(name);
        if (statement.isEmpty()) {
            request.add(Traits.WRITER);
            return;
        }
        Finding finding = finding(statement.get());
        request.found(finding);
        executes(request, finding.executed());
        if (statement.get().isKept() && !statement.get().isBySql()) {
            remember(request, statement.get());
        }
    }

    /** What a statement shows by what is suspicious now. */
    private Finding finding(Statement statement) {
        do {
            if (statement.isKept() && !statement.isFoundUnder(present())) {
                byte[] text = statement.text();
                Finding again = statement.isBySql() ? prepared(text) : scanned(text);
                statements.found(statement, again, present());
            }
        } while (moves(statement.finding().traits()));
        return statement.finding();
    }

    private Finding scanned(byte[] text) {
        TextEncoding encoding = reported.encoding();
        if (!encoding.isReadable(text, 0, text.length)) {
            return Finding.of(UNREAD);
        }
        long traits = scanner.scan(text, 0, text.length, encoding.standardStrings());
        return finding(rules.matchTexts() ? matched(text, 0, text.length, traits) : traits);
    }

    private static void remember(Request request, Statement statement) {
        long traits = statement.finding().traits();
        if (Traits.has(traits, Traits.STATE)) {
            request.changesState(statement.asQuery());
        }
        if (Traits.has(traits, OPENS)) {
            request.opens(statement.asQuery());
        }
    }

    /** What SQL's EXECUTE of a statement may do is what the statement shows. */
    private void executes(Request request, List<String> names) {
        for (String name : names) {
            Optional<Statement> statement = statements.find(name);
            if (statement.isPresent()) {
                request.found(finding(statement.get()));
            } else {
                request.add(MAY_WRITE | Traits.LEAVES);
            }
        }
    }

    private static void changesState(Request request, byte[] bytes, int start, int end, long traits) {
        if (Traits.has(traits, Traits.STATE)) {
            request.changesState(FrontendMessage.query(bytes, start, end));
        }
        if (Traits.has(traits, OPENS)) {
            request.opens(FrontendMessage.query(bytes, start, end));
        }
    }

    /** @param end behind the text's zero byte */
    private long scan(byte[] bytes, int start, int end) {
        TextEncoding encoding = reported.encoding();
        if (!encoding.isReadable(bytes, start, end - 1)) {
            return UNREAD;
        }
        long traits = scanner.scan(bytes, start, end - 1, encoding.standardStrings());
        if (moves(traits)) {
            traits = scanner.scan(bytes, start, end - 1, encoding.standardStrings());
        }
        return rules.matchTexts() ? matched(bytes, start, end - 1, traits) : traits;
    }

    /** What the administrator's rules make of a text. */
    private long matched(byte[] bytes, int start, int end, long traits) {
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
