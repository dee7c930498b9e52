package pgrouter.request;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageReader;
import pgrouter.protocol.ProtocolException;
import pgrouter.request.Statement.Finding;
import pgrouter.routing.StateTraits;
import pgrouter.routing.Traits;

/** Notes in a {@link Request} what one message of it shows. Client thread only. */
public final class RequestAnalyzer {
    private static final long OPENS = Traits.READ_ONLY_TRANSACTION | Traits.OPEN_TRANSACTION;
    private static final long MAY_WRITE = Traits.WRITER | Traits.MAY_WRITE;

    /** It may call any function: set_config, too. */
    private static final long FUNCTION_CALL = MAY_WRITE | Traits.ASYNCHRONOUS;

    /** Of a text that may do this to the session, more is needed than its traits. */
    private static final StateTraits NAMED = StateTraits.CHANGES.with(StateTraits.LOCAL_SETTINGS);

    private static final int LONGEST_NAME = 1024;

    private final TextAnalyzer texts;
    private final Statements statements;
    private final MessageReader reader = new MessageReader();

    /** The name of the statement that was bound last, which is probably the next one too. */
    private String bound = Statement.UNNAMED;

    /** The name of the portal that was made last; the statement of that portal is kept with it. */
    private String portal = Statement.UNNAMED;

    private Statement ofPortal = Statement.UNKNOWN;

    public RequestAnalyzer(TextAnalyzer texts, Statements statements) {
        this.texts = texts;
        this.statements = statements;
    }

    /** Begins another request. */
    public void begin() {
        texts.begin();
    }

    /**
     * Notes what one message shows. A message that PostgreSQL cannot read shows nothing: it fails before it does
     * anything, and the primary reports that. A message for which there is no room is not noted, and the request is
     * marked with {@link Request#exceeds}.
     *
     * @param start of the whole message, its tag, in the array
     */
    public void inspect(Request request, byte[] bytes, int start, int end) {
        if (request.noted().areMany() && notes(bytes[start]) && exceeds(request, 0)) {
            return;
        }
        try {
            read(request, bytes, start, end);
        } catch (ProtocolException malformed) {
            request.malformed();
            request.add(Traits.WRITER);
        }
        if (request.noted().areMany()) {
            request.noted().charge(statements.memory());
        }
    }

    private void read(Request request, byte[] bytes, int start, int end) throws ProtocolException {
        try {
            note(request, bytes, start, end);
        } finally {
            reader.forget();
        }
    }

    /** Notes what a message shows, as far as the session's state depends on it. Called when all of the message was read. */
    private void note(Request request, byte[] bytes, int start, int end) throws ProtocolException {
        int body = start + 5;
        switch (bytes[start]) {
            case FrontendTag.QUERY -> query(request, bytes, body, end);
            case FrontendTag.PARSE -> parse(request, bytes, start, end);
            case FrontendTag.BIND -> bind(request, reader.over(bytes, body, end));
            case FrontendTag.DESCRIBE, FrontendTag.CLOSE ->
                describeOrClose(request, bytes[start], reader.over(bytes, body, end));
            case FrontendTag.FUNCTION_CALL -> request.add(FUNCTION_CALL, StateTraits.ADVISORY);
            case FrontendTag.FLUSH -> end(reader.over(bytes, body, end));
            default -> {}
        }
    }

    /** Whether a message of this type may add to the notes of a request that goes on after it. */
    private static boolean notes(byte tag) {
        return switch (tag) {
            case FrontendTag.PARSE, FrontendTag.BIND, FrontendTag.DESCRIBE, FrontendTag.CLOSE -> true;
            default -> false;
        };
    }

    /** Whether there is no room for this many bytes besides the notes of the request. */
    private boolean exceeds(Request request, long more) {
        Optional<ErrorResponse> error =
                statements.memory().error(request.noted().uncharged() + more);
        error.ifPresent(request::exceeds);
        return error.isPresent();
    }

    /** The same for a statement that SQL prepares, which is kept when the server has confirmed it. */
    private boolean exceedsBySql(Request request, int length) {
        boolean prepares =
                texts.state().has(StateTraits.STATEMENTS) && !texts.state().has(StateTraits.RESETS);
        List<String> names = prepares ? texts.named() : List.of();
        return !names.isEmpty() && exceeds(request, names.size() * Statement.bytes(names.getFirst(), length));
    }

    /** {@code pq_getmsgend} in pqformat.c. */
    private static void end(MessageReader reader) throws ProtocolException {
        if (reader.remaining() != 0) {
            throw new ProtocolException("invalid message format");
        }
    }

    /**
     * Notes what a message shows of which only the beginning can be kept.
     *
     * @param end of the part that is there
     * @throws ProtocolException where a name in it goes on after that
     */
    public void inspectBeginning(Request request, byte[] bytes, int start, int end) throws ProtocolException {
        int body = start + 5;
        switch (bytes[start]) {
            case FrontendTag.QUERY -> request.add(TextAnalyzer.UNREAD.traits(), TextAnalyzer.UNREAD.state());
            case FrontendTag.FUNCTION_CALL -> request.add(FUNCTION_CALL, StateTraits.ADVISORY);
            case FrontendTag.PARSE -> {
                String name = new MessageReader(bytes, body, end).string();
                if (!name.isEmpty() && exceeds(request, Statement.bytes(name, 0))) {
                    return;
                }
                request.add(TextAnalyzer.UNREAD.traits(), TextAnalyzer.UNREAD.state());
                request.statements().parsesOrCloses(Statement.notKept(name, TextAnalyzer.UNREAD));
            }
            default -> read(request, bytes, start, end);
        }
    }

    private void query(Request request, byte[] bytes, int start, int end) throws ProtocolException {
        reader.over(bytes, start, end).skipString();
        end(reader);
        texts.read(bytes, start, end - 1);
        if (exceedsBySql(request, end - start)) {
            return;
        }
        if (Traits.has(texts.traits(), Traits.NAMES_STATEMENT | Traits.CALLS | OPENS)
                || texts.state().has(NAMED)) {
            Finding finding = texts.finding();
            request.found(finding);
            remember(request, bytes, start, end);
            executes(request, finding.executed());
        } else {
            request.found(texts.traits(), texts.state(), texts.fingerprint());
        }
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
        texts.read(bytes, text, endOfText - 1);
        if (exceedsBySql(request, end - start)) {
            return;
        }
        Finding finding = texts.finding();
        request.found(finding);
        remember(request, bytes, text, endOfText);
        executes(request, finding.executed());
        if (!name.isEmpty() && statements.find(name).isPresent()) {
            request.statements().refersTo(name);
        }
        Statement statement = new Statement(name, Arrays.copyOfRange(bytes, start, end), finding);
        statement.found(finding, texts.present());
        request.statements().parsesOrCloses(statement);
    }

    private void bind(Request request, MessageReader reader) throws ProtocolException {
        String destination = reader.string(portal);
        String statement = reader.string(bound);
        bound = isShort(statement) ? statement : Statement.UNNAMED;
        portal = isShort(destination) ? destination : Statement.UNNAMED;
        if (!destination.isEmpty()) {
            request.add(Traits.NAMES_PORTAL);
        }
        ofPortal = isShort(destination) ? request.statements().named(statement, statements) : Statement.UNKNOWN;
        uses(request, statement);
    }

    /** Whether a name is short enough to be kept until the next message. */
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
                    request.statements().describes(name.equals(portal) ? ofPortal : Statement.UNKNOWN);
                }
            }
            default -> throw new ProtocolException("invalid message subtype " + kind);
        }
    }

    private void closesOrDescribes(Request request, byte tag, String name) {
        if (tag == FrontendTag.CLOSE) {
            request.statements().parsesOrCloses(Statement.named(name));
        } else {
            Statement statement = request.statements().named(name, statements);
            request.statements().describes(statement);
            uses(request, name);
        }
    }

    /** Adds what a statement shows that was parsed earlier. For an unknown name the writer gives PostgreSQL's own answer. */
    private void uses(Request request, String name) {
        if (request.length() == 0) {
            request.statements().beginsWith(name);
        }
        if (!request.statements().refersTo(name)) {
            return;
        }
        Optional<Statement> statement = statements.find(name);
        if (statement.isEmpty()) {
            request.add(Traits.WRITER);
            return;
        }
        Finding finding = texts.finding(statement.get());
        request.found(finding);
        if (!finding.executed().isEmpty()) {
            executes(request, finding.executed());
        }
        if (statement.get().isKept() && !statement.get().isBySql()) {
            remember(request, statement.get());
        }
    }

    private static void remember(Request request, Statement statement) {
        if (statement.finding().state().has(StateTraits.CHANGES)) {
            request.changes().addText(statement.asQuery());
        }
        if (Traits.has(statement.finding().traits(), OPENS)) {
            request.opens(statement.asQuery());
        }
    }

    /** Adds what the statements show that SQL's EXECUTE names. */
    private void executes(Request request, List<String> names) {
        for (String name : names) {
            Optional<Statement> statement = statements.find(name);
            if (statement.isPresent()) {
                request.found(texts.finding(statement.get()));
            } else {
                request.add(MAY_WRITE, StateTraits.LEAVES);
            }
        }
    }

    /** Keeps the last text where it may have to run again: it changes the session, or opens a transaction. */
    private void remember(Request request, byte[] bytes, int start, int end) {
        if (texts.state().has(StateTraits.CHANGES)) {
            request.changes().addText(FrontendMessage.query(bytes, start, end));
        }
        if (Traits.has(texts.traits(), OPENS)) {
            request.opens(FrontendMessage.query(bytes, start, end));
        }
    }
}
