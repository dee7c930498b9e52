package pgrouter.exchange;

import pgrouter.net.Inbox;
import pgrouter.protocol.FrontendTag;
import pgrouter.request.Request;
import pgrouter.routing.Traits;

/** Notes the messages of a client's request in the exchange, whose lock all methods need. */
final class RequestMarks {
    private RequestMarks() {}

    /** Notes the messages of the kept part from an offset on; those before it were sent already. */
    static void note(Request request, Inbox inbox, int from, Exchange exchange) {
        noteChange(request, exchange);
        int statement = 0;
        for (int at = 0; at < request.lengthOfMessages(); at += 1 + inbox.intAt(at + 1)) {
            byte tag = inbox.byteAt(at);
            byte kind = inbox.byteAt(at + 5 < inbox.available() ? at + 5 : at);
            boolean isMalformed = request.isMalformed(at);
            if (at >= from && isMalformed) {
                exchange.send(Mark.malformed(tag));
            } else if (at >= from) {
                note(request, tag, kind, statement, exchange);
            }
            statement += !isMalformed && isAboutStatement(tag, kind) ? 1 : 0;
        }
        if (request.lengthOfMessages() < request.length()) {
            exchange.send(Mark.NO_MESSAGE);
        }
    }

    /** Notes the message of which only the beginning is there. */
    static void noteBeginning(Request request, Inbox inbox, Exchange exchange) {
        noteChange(request, exchange);
        note(request, inbox.byteAt(0), inbox.byteAt(5), 0, exchange);
    }

    private static void noteChange(Request request, Exchange exchange) {
        if (Traits.has(request.traits(), Traits.MAY_WRITE)) {
            exchange.dataChange().mayHappen();
        }
        if (request.mayCommitAsynchronously()) {
            exchange.dataChange().mayCommitEarly();
        }
    }

    private static void note(Request request, byte tag, byte kind, int statement, Exchange exchange) {
        if (isAboutStatement(tag, kind)) {
            exchange.send(tag, request.statements().all().get(statement));
        } else {
            exchange.send(tag == FrontendTag.CLOSE ? Mark.CLOSE_PORTAL : tag);
        }
    }

    /** @param kind the first byte of its body */
    static boolean isAboutStatement(byte tag, byte kind) {
        return tag == FrontendTag.PARSE || tag == FrontendTag.DESCRIBE || (tag == FrontendTag.CLOSE && kind == 'S');
    }
}
