package pgrouter.session;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import pgrouter.log.Detail;
import pgrouter.log.Log;
import pgrouter.net.Inbox;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageReader;
import pgrouter.protocol.ProtocolException;
import pgrouter.routing.FoldedText;

/**
 * Logs the requests of one session that took too long, from the last byte of the request until its answer was passed on. One a
 * session, used by the client thread. While none are to be logged the clock is not looked at.
 */
final class SlowRequests {
    private static final Log LOG = Log.of("session");
    private static final int MOST_TEXT = 1024;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Inbox inbox;
    private final Statements statements;
    private final Reported reported;
    private long limit;
    private long begun;

    SlowRequests(Inbox inbox, Statements statements, Reported reported) {
        this.inbox = inbox;
        this.statements = statements;
        this.reported = reported;
    }

    /** @param slow the shortest time that is logged; zero for none */
    void begins(Duration slow) {
        limit = slow.toNanos();
        begun = limit == 0 ? 0 : System.nanoTime();
    }

    /**
     * Before the request leaves the inbox.
     *
     * @param route where it ran, and why
     */
    void ends(Request request, String route) throws ProtocolException {
        if (limit == 0) {
            return;
        }
        long took = System.nanoTime() - begun;
        if (took >= limit) {
            LOG.log(
                    "slow request",
                    List.of(
                            new Detail.Milliseconds("duration_ms", took / NANOS_PER_MILLI),
                            new Detail.Text("route", route),
                            new Detail.Text("statement", text(request).orElse("(its text is not kept)"))));
        }
    }

    /** Of the first of its messages that has or names one. */
    private Optional<String> text(Request request) throws ProtocolException {
        for (int at = 0; at < request.length(); at += 1 + inbox.intAt(at + 1)) {
            byte tag = inbox.byteAt(at);
            int start = inbox.arrayOffset(at) + 5;
            int end = inbox.arrayOffset(at) + 1 + inbox.intAt(at + 1);
            MessageReader reader = new MessageReader(inbox.array(), start, end);
            switch (tag) {
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
        return Optional.empty();
    }

    private Optional<String> ofStatement(String name) {
        return statements.find(name).filter(Statement::isKept).flatMap(statement -> {
            byte[] text = statement.text();
            return folded(text, 0, text.length);
        });
    }

    private Optional<String> folded(byte[] text, int start, int end) {
        TextEncoding encoding = reported.encoding();
        return encoding.isReadable(text, start, end)
                ? Optional.of(FoldedText.of(text, start, end, !encoding.standardStrings(), MOST_TEXT))
                : Optional.empty();
    }
}
