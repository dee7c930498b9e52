package pgrouter.request;

import java.util.Optional;
import pgrouter.net.Inbox;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageReader;
import pgrouter.protocol.ProtocolException;
import pgrouter.routing.FoldedText;

/** The SQL of the present request in a form for the operator. One per session. Client thread only. */
public final class RequestText {
    static final String NOT_KEPT = "(its text is not kept)";

    private static final int MOST = 1024;

    private final Inbox inbox;
    private final Statements statements;
    private final Reported reported;

    public RequestText(Inbox inbox, Statements statements, Reported reported) {
        this.inbox = inbox;
        this.statements = statements;
        this.reported = reported;
    }

    /** The text of its first message that has or names one. Only while the request is in the inbox. */
    public String of(Request request) throws ProtocolException {
        for (int at = 0; at < request.lengthOfMessages(); at += 1 + inbox.intAt(at + 1)) {
            if (request.isMalformed(at)) {
                continue;
            }
            int start = inbox.arrayOffset(at) + 5;
            int end = inbox.arrayOffset(at) + 1 + inbox.intAt(at + 1);
            MessageReader reader = new MessageReader(inbox.array(), start, end);
            switch (inbox.byteAt(at)) {
                case FrontendTag.QUERY -> {
                    return folded(inbox.array(), start, end - 1);
                }
                case FrontendTag.PARSE -> {
                    reader.skipString();
                    int text = reader.position();
                    reader.skipString();
                    return folded(inbox.array(), text, reader.position() - 1);
                }
                case FrontendTag.BIND -> {
                    reader.skipString();
                    return ofStatement(reader.string());
                }
                default -> {}
            }
        }
        return NOT_KEPT;
    }

    private String ofStatement(String name) {
        Optional<Statement> statement = statements.find(name).filter(Statement::isKept);
        return statement.isEmpty()
                ? NOT_KEPT
                : folded(statement.get().text(), 0, statement.get().text().length);
    }

    private String folded(byte[] text, int start, int end) {
        TextEncoding encoding = reported.encoding();
        return encoding.isReadable(text, start, end)
                ? FoldedText.of(text, start, end, !encoding.standardStrings(), MOST)
                : NOT_KEPT;
    }
}
