package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.fatal;
import static pgrouter.testing.Server.notice;
import static pgrouter.testing.Server.notification;
import static pgrouter.testing.Server.parameter;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.rowDescription;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.exchange.Relay;

/** What a backend says without being asked. */
final class AsyncMessagesTest extends OnOneStandby {
    @Test
    void writersMessagesReachAnIdleClient() throws Exception {
        writer.send(notification("c", "hello"), notice("look"), parameter("TimeZone", "UTC"));
        client.expect("Notification c hello", "NOTICE 00000 look", "Parameter TimeZone=UTC");
    }

    @Test
    void idleReadersMessagesDoNotReachTheClient() throws Exception {
        reader.send(parameter("in_hot_standby", "off"), notification("c", "hello"));
        client.send(query("SELECT 1"));
        reader.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void writersMessageReachesTheClientWhileAReaderIsAsked() throws Exception {
        client.send(query("SELECT 1"));
        reader.answer("SELECT 1", rowDescription("c"));
        writer.send(notification("c", "hello"));
        client.expect("Notification c hello");
        reader.send(Arrays.copyOfRange(row("1"), rowDescription("c").length, row("1").length));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void writersMessageNeverStandsInsideAReadersMessage() throws Exception {
        String large = "x".repeat(2 * Relay.HOLD_LIMIT);
        byte[] message = dataRow(large);
        int half = message.length * 3 / 4;
        client.send(query("SELECT 1"));
        reader.answer("SELECT 1", rowDescription("c"), Arrays.copyOf(message, half));
        client.expect("RowDescription");
        writer.send(notification("c", "hello"));
        reader.send(Arrays.copyOfRange(message, half, message.length));
        Set<String> next = new HashSet<>(List.of(client.read(), client.read()));
        assertThat(next).isEqualTo(Set.of("Row " + large, "Notification c hello"));
    }

    @Test
    void writersMessageInPiecesReachesAnIdleClientWhole() throws Exception {
        byte[] message = notification("c", "hello");
        writer.send(Arrays.copyOf(message, 7));
        writer.send(Arrays.copyOfRange(message, 7, message.length));
        client.expect("Notification c hello");
    }

    @Test
    void aTimeoutOfTheServersOwnIsTheClients() throws Exception {
        writer.send(fatal("57P05", "terminating connection due to idle-session timeout"));
        writer.close();
        client.expect("FATAL 57P05 terminating connection due to idle-session timeout");
        client.expectEnd();
    }

    @Test
    void writerThatDiesInTheMiddleOfAReplyLeavesTheOutcomeUnknown() throws Exception {
        client.send(query("UPDATE t SET a = 1"));
        writer.expect("Query UPDATE t SET a = 1");
        writer.close();
        assertThat(client.read()).startsWith("ERROR 08007 ").contains("whether the request was run is not known");
        client.expect("Ready I");
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, Integer.MAX_VALUE})
    void malformedLengthOfTheWriterIsAProtocolViolation(int length) throws Exception {
        client.send(query("UPDATE t SET a = 1"));
        byte[] header = {'C', (byte) (length >> 24), (byte) (length >> 16), (byte) (length >> 8), (byte) length};
        writer.answer("UPDATE t SET a = 1", header, new byte[600]);
        assertThat(client.read()).startsWith("FATAL 08P01 ");
        client.expectEnd();
    }

    @Test
    void replyThatAnswersNothingIsAProtocolViolation() throws Exception {
        writer.send(dataRow("1"));
        assertThat(client.read()).startsWith("FATAL 08P01 ");
        client.expectEnd();
    }

    @Test
    void unknownMessageOfTheWriterIsAProtocolViolation() throws Exception {
        client.send(query("UPDATE t SET a = 1"));
        writer.answer("UPDATE t SET a = 1", new byte[] {'?', 0, 0, 0, 4});
        assertThat(client.readMessage().tag()).isEqualTo((byte) 'E');
        client.expectEnd();
    }
}
