package pgrouter.session;

import java.util.Map;
import org.junit.jupiter.api.Test;
import pgrouter.client.Memory;
import pgrouter.config.RouteRules;
import pgrouter.net.Carrier;
import pgrouter.net.Inbox;
import pgrouter.protocol.ProtocolException;
import pgrouter.request.Reported;
import pgrouter.request.Request;
import pgrouter.request.RequestAnalyzer;
import pgrouter.request.RequestMessages;
import pgrouter.request.RequestReader;
import pgrouter.request.Statements;
import pgrouter.request.TextAnalyzer;
import pgrouter.testing.CannedWire;
import pgrouter.testing.Frontend;
import pgrouter.testing.Fuzz;

/** Any bytes from a client that is logged in. */
class FuzzedRequestsTest {
    @Test
    void requests() throws Exception {
        Fuzz.of("requests")
                .from(
                        Frontend.join(Frontend.query("SELECT 1"), Frontend.query("SET a TO b; BEGIN")),
                        Frontend.join(
                                Frontend.parse("s", "SELECT $1"),
                                Frontend.bind("s", new byte[] {1, 2}),
                                Frontend.describePortal(),
                                Frontend.execute(),
                                Frontend.closeStatement("s"),
                                Frontend.sync()),
                        Frontend.join(Frontend.copyData("x\n"), Frontend.copyFail("no"), Frontend.functionCall(42)),
                        Frontend.join(Frontend.parse("", "DEALLOCATE ALL"), Frontend.flush(), Frontend.terminate()))
                .with("Q", "P", "B", "X", "\0", "S\0\0\0\4")
                .refusedBy(ProtocolException.class)
                .feed(FuzzedRequestsTest::read);
    }

    private static void read(byte[] bytes) throws Exception {
        Inbox inbox = new Inbox(CannedWire.of(bytes), Carrier.JDK, 64);
        Statements statements = new Statements(Memory.unlimited().begin());
        RequestReader reader = new RequestReader(
                inbox,
                new RequestMessages(
                        inbox,
                        new RequestAnalyzer(
                                new TextAnalyzer(statements, new Reported(Map.of()), RouteRules.DEFAULT), statements)));
        Request request = new Request();
        while (reader.next(request)) {
            if (request.isTooLarge() || request.isBrokenOff()) {
                return;
            }
            inbox.consume(request.length());
        }
    }
}
