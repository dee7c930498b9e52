package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.message;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.copyIn;
import static pgrouter.testing.Server.copyOut;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.fatal;
import static pgrouter.testing.Server.parameter;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.rowDescription;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.protocol.MessageBuilder;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;

/** A node that says what no PostgreSQL says, after its login: that costs the sessions that use it, and never the others. */
final class HostileBackendTest extends OnOneStandby {
    private static final String INSERT = "INSERT INTO t VALUES (1)";

    private static byte[] header(char tag, int length) {
        return new MessageBuilder().int8(tag).int32(length).toByteArray();
    }

    /** What is no answer to a query, whole or at its end. */
    static Stream<Arguments> nonsense() {
        return Stream.of(
                Arguments.of("COPY both", message((byte) 'W', new byte[3])),
                Arguments.of("an answer to a Bind", message((byte) '2')),
                Arguments.of("a type that is none", message((byte) '~', new byte[9])),
                Arguments.of("a length below 4", header('D', -5)),
                Arguments.of("a length of 2 GB", header('D', Integer.MAX_VALUE)),
                Arguments.of("a length that no message has", header('E', 0x40000000)),
                Arguments.of("ReadyForQuery without its status", header('Z', 4)),
                Arguments.of("ReadyForQuery with more than that", header('Z', 6)),
                Arguments.of("ReadyForQuery twice", join(ready('I'), ready('I'))),
                Arguments.of("ReadyForQuery for ever", join(row("1"), ready('I'), ready('I'), ready('I'))),
                Arguments.of("more rows than were asked for", join(row("1"), dataRow("poison"))),
                Arguments.of("another answer", join(row("1"), row("poison"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nonsense")
    void aStandbyThatTalksNonsenseIsReplaced(String what, byte[] said) throws Exception {
        client.send(query("SELECT 1"));
        reader.expect("Query SELECT 1");
        reader.send(said);
        writer.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        assertThatOthersAreServed();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nonsense")
    void aPrimaryThatTalksNonsenseEndsItsSession(String what, byte[] said) throws Exception {
        client.send(query(INSERT));
        writer.expect("Query " + INSERT);
        writer.send(said);
        assertThat(client.read()).startsWith("FATAL 08P01 backend 127.0.0.1:");
        client.expectEnd();
        assertThatOthersAreServed();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFatalErrorInTheMiddleIsTheClientsAndTheEnd(boolean onWriter) throws Exception {
        Connection server = onWriter ? writer : reader;
        client.send(query(onWriter ? INSERT : "SELECT 1"));
        server.read();
        server.send(rowDescription("a"), dataRow("1"), fatal("28P01", "no"));
        server.close();
        client.expect("RowDescription", "Row 1", "FATAL 28P01 no");
        client.expectEnd();
        assertThatOthersAreServed();
    }

    @Test
    void aRefusalInATransactionThatNobodyHasBegunIsTakenBack() throws Exception {
        client.send(query("SELECT f(1)"));
        reader.answer("SELECT f(1)", error("25006", "no"), ready('T'));
        reader.answer("ROLLBACK", complete("ROLLBACK"), ready('I'));
        writer.answer("SELECT f(1)", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void copyOutOfPlaceIsAnAnswerThatTheClientCanEnd() throws Exception {
        client.send(query("SELECT 1"));
        reader.expect("Query SELECT 1");
        reader.send(copyOut(), copyIn());
        client.expect("CopyOut", "CopyIn");
        assertThatOthersAreServed();
        client.close();
        reader.expectEnd();
    }

    @Test
    void parametersWithoutEndEndTheSession() throws Exception {
        client.send(query(INSERT));
        writer.expect("Query " + INSERT);
        int sent = 0;
        while (sent < 300) {
            writer.send(parameter("p" + sent++, "v"));
        }
        String told = client.read();
        while (told.startsWith("Parameter ")) {
            told = client.read();
        }
        assertThat(told).startsWith("FATAL 08P01 backend ").contains("more than 256 parameters");
        assertThatOthersAreServed();
    }

    /** Another client, with connections of its own to the same nodes. */
    private void assertThatOthersAreServed() throws Exception {
        try (FakeClient other = stage.client()) {
            Connection its = stage.writer();
            other.send(query(INSERT));
            its.answer(INSERT, complete("INSERT 0 1"), ready('I'));
            other.expect("Complete INSERT 0 1", "Ready I");
        }
    }
}
