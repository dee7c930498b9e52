package pgrouter.session;

import pgrouter.net.Inbox;
import pgrouter.request.FunctionCalls;
import pgrouter.request.Request;
import pgrouter.request.RequestAnalyzer;
import pgrouter.request.RequestMessages;
import pgrouter.request.RequestReader;
import pgrouter.request.RequestText;
import pgrouter.request.RequestTimes;
import pgrouter.request.TextAnalyzer;

/**
 * The requests of one client: the present one, and how it is read. Client thread only.
 *
 * @param request the present one, whose messages are in the inbox
 * @param messages reads and analyzes the messages
 * @param reader waits for the next request
 * @param calls the functions that the request calls
 * @param text the SQL that is logged of it
 * @param times the time that it takes
 */
record ClientRequests(
        Inbox inbox,
        Request request,
        RequestMessages messages,
        RequestReader reader,
        FunctionCalls calls,
        RequestText text,
        RequestTimes times) {
    /** @param texts analyzes the SQL of the requests */
    static ClientRequests of(Services services, Servers servers, Inbox inbox, TextAnalyzer texts) {
        RequestMessages messages = new RequestMessages(inbox, new RequestAnalyzer(texts, servers.statements()));
        RequestText text = new RequestText(inbox, servers.statements(), servers.reported());
        return new ClientRequests(
                inbox,
                new Request(),
                messages,
                new RequestReader(inbox, messages),
                new FunctionCalls(texts),
                text,
                new RequestTimes(services.metrics(), text));
    }
}
