package pgrouter.session;

import java.util.Arrays;
import java.util.Optional;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageReader;
import pgrouter.protocol.ProtocolException;
import pgrouter.routing.SqlScanner;
import pgrouter.routing.Traits;

/** Notes in a {@link Request} what one message of it shows. Runs on the client thread. */
final class RequestInspector {
    /** Of a text that nobody has read, anything must be expected. */
    private static final int UNREAD = Traits.WRITER | Traits.STATE | Traits.PREPARED_BY_NAME | Traits.MAY_WRITE;

    private final SqlScanner scanner = new SqlScanner();
    private final Statements statements;
    private final TextEncoding encoding;

    RequestInspector(Statements statements, TextEncoding encoding) {
        this.statements = statements;
        this.encoding = encoding;
    }

    /** @param start of the whole message, its tag, in the array */
    void inspect(Request request, byte[] bytes, int start, int end) throws ProtocolException {
        int body = start + 5;
        switch (bytes[start]) {
            case FrontendTag.QUERY -> text(request, bytes, body, end);
            case FrontendTag.PARSE -> parse(request, bytes, start, end);
            case FrontendTag.BIND -> bind(request, new MessageReader(bytes, body, end));
            case FrontendTag.DESCRIBE, FrontendTag.CLOSE ->
                describeOrClose(request, bytes[start], new MessageReader(bytes, body, end));
            case FrontendTag.FUNCTION_CALL -> request.add(Traits.WRITER | Traits.MAY_WRITE);
            default -> {}
        }
    }

    /**
     * A message of which only the beginning can be kept.
     *
     * @param end of the part that is there
     */
    void inspectBeginning(Request request, byte[] bytes, int start, int end) throws ProtocolException {
        int body = start + 5;
        switch (bytes[start]) {
            case FrontendTag.QUERY -> request.add(UNREAD);
            case FrontendTag.FUNCTION_CALL -> request.add(Traits.WRITER | Traits.MAY_WRITE);
            case FrontendTag.PARSE -> {
                request.add(UNREAD);
                String name = new MessageReader(bytes, body, end).string();
                request.parsesOrCloses(Statement.notKept(name, UNREAD));
            }
            default -> inspect(request, bytes, start, end);
        }
    }

    private void parse(Request request, byte[] bytes, int start, int end) throws ProtocolException {
        MessageReader reader = new MessageReader(bytes, start + 5, end);
        String name = reader.string();
        int text = reader.position();
        reader.skipString();
        int traits = text(request, bytes, text, reader.position());
        if (!name.isEmpty() && statements.find(name).isPresent()) {
            request.refersTo(name);
        }
        request.parsesOrCloses(new Statement(name, Arrays.copyOfRange(bytes, start, end), traits));
    }

    private void bind(Request request, MessageReader reader) throws ProtocolException {
        reader.skipString();
        uses(request, reader.string());
    }

    private void describeOrClose(Request request, byte tag, MessageReader reader) throws ProtocolException {
        boolean portal = reader.int8() != 'S';
        String name = reader.string();
        if (portal) {
            return;
        }
        if (tag == FrontendTag.CLOSE) {
            request.parsesOrCloses(Statement.named(name));
        } else {
            uses(request, name);
        }
    }

    /** What a statement shows that was parsed earlier; PostgreSQL's own answer to an unknown name is the writer's. */
    private void uses(Request request, String name) {
        if (!request.refersTo(name)) {
            return;
        }
        Optional<Statement> statement = statements.find(name);
        request.add(statement.map(Statement::traits).orElse(Traits.WRITER));
        statement
                .filter(known -> known.isKept() && Traits.has(known.traits(), Traits.STATE))
                .ifPresent(known -> request.changesState(known.asQuery()));
    }

    private int text(Request request, byte[] bytes, int start, int end) throws ProtocolException {
        int traits = scan(bytes, start, end);
        request.add(traits);
        if (Traits.has(traits, Traits.STATE)) {
            request.changesState(FrontendMessage.query(bytes, start, end));
        }
        return traits;
    }

    /** @param end behind the text's zero byte */
    private int scan(byte[] bytes, int start, int end) throws ProtocolException {
        if (end <= start || bytes[end - 1] != 0) {
            throw new ProtocolException("a query without its terminator");
        }
        return encoding.isReadable(bytes, start, end - 1)
                ? scanner.scan(bytes, start, end - 1, encoding.standardStrings())
                : UNREAD;
    }
}
