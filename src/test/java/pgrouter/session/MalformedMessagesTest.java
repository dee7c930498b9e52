package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.copyData;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.flush;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.closeComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.copyIn;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.fatal;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.protocol.FrontendTag;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Frontend;
import pgrouter.testing.Message;

/** What PostgreSQL cannot read, PostgreSQL answers itself; no message after it is taken for another than PostgreSQL takes it for. */
final class MalformedMessagesTest extends OnOneStandby {
    private static final String INVALID = "invalid message format";
    private static final byte[] UNKNOWN = {'?', 0, 0, 0, 4};
    private static final byte[] NO_LENGTH = {'S', 0, 0, 0, 3};

    private static byte[] malformed(char tag, String body) {
        return Frontend.message((byte) tag, body.getBytes(StandardCharsets.ISO_8859_1));
    }

    static List<byte[]> ofTheExtendedProtocol() {
        return List.of(
                malformed('P', ""),
                malformed('P', "\0INSERT INTO t VALUES (1)"),
                malformed('P', "\0INSERT INTO t VALUES (1)\0"),
                malformed('P', "\0INSERT INTO t VALUES (1)\0\0\0x"),
                malformed('B', "s"),
                malformed('D', ""),
                malformed('D', "Sa\0b"),
                malformed('D', "Xa\0"),
                malformed('C', "S"),
                malformed('C', "Pa"),
                malformed('H', "x"));
    }

    private static void expectRaw(Connection server, byte[] whole) throws IOException {
        Message read = server.read();
        assertThat(Frontend.message(read.tag(), read.body())).isEqualTo(whole);
    }

    /** The header of what is no message, which is all of it that a server gets. */
    private static void expectBytes(Connection server, byte[] bytes) throws IOException {
        assertThat(server.readBytes(bytes.length)).isEqualTo(bytes);
    }

    private void goesOn() throws Exception {
        on(reader, "SELECT 1", "SELECT 1", 'I');
        on(writer, "CREATE TABLE t()", "CREATE TABLE", 'I');
    }

    @ParameterizedTest
    @MethodSource("ofTheExtendedProtocol")
    void thePrimaryHasTheWord(byte[] malformed) throws Exception {
        client.send(malformed, bind(""), execute(), sync());
        expectRaw(writer, malformed);
        writer.send(error("08P01", INVALID));
        writer.answer(List.of("Bind ", "Execute", "Sync"), ready('I'));
        client.expect("ERROR 08P01 " + INVALID, "Ready I");
        goesOn();
    }

    @ParameterizedTest
    @MethodSource("ofTheExtendedProtocol")
    void messagesAroundItKeepTheirMeaning(byte[] malformed) throws Exception {
        client.send(parse("a", "SELECT 1"), malformed, parse("b", "SELECT 2"), sync());
        writer.expect("Parse a: SELECT 1");
        expectRaw(writer, malformed);
        writer.send(parseComplete(), error("08P01", INVALID));
        writer.answer(List.of("Parse b: SELECT 2", "Sync"), ready('I'));
        client.expect("ParseComplete", "ERROR 08P01 " + INVALID, "Ready I");
        client.send(bind("a"), execute(), sync());
        reader.answer(
                List.of("Parse a: SELECT 1", "Bind a", "Execute", "Sync"),
                parseComplete(),
                bindComplete(),
                dataRow("1"),
                complete("SELECT 1"),
                ready('I'));
        client.expect("BindComplete", "Row 1", "Complete SELECT 1", "Ready I");
        client.send(bind("b"), execute(), sync());
        writer.answer(List.of("Bind b", "Execute", "Sync"), error("26000", "no such statement"), ready('I'));
        client.expect("ERROR 26000 no such statement", "Ready I");
        goesOn();
    }

    /** What PostgreSQL does read would be an answer to a text that nobody has looked at. */
    @ParameterizedTest
    @MethodSource("ofTheExtendedProtocol")
    void aServerThatReadsItAfterAllEndsTheSession(byte[] malformed) throws Exception {
        client.send(malformed, sync());
        expectRaw(writer, malformed);
        writer.send(parseComplete(), ready('I'));
        assertThat(client.read()).startsWith("FATAL 08P01 backend ");
        client.expectEnd();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SELECT 1", "SELECT 1\0SELECT 2\0"})
    void aQueryHasItsOwnEnd(String body) throws Exception {
        byte[] malformed = malformed('Q', body);
        client.send(malformed, query("SELECT 1"));
        expectRaw(writer, malformed);
        writer.send(error("08P01", INVALID), ready('I'));
        client.expect("ERROR 08P01 " + INVALID, "Ready I");
        reader.answer("SELECT 1", dataRow("1"), complete("SELECT 1"), ready('I'));
        client.expect("Row 1", "Complete SELECT 1", "Ready I");
        goesOn();
    }

    @Test
    void aQueryThatTheServerReadsAfterAllEndsTheSession() throws Exception {
        client.send(malformed('Q', "SELECT 1"));
        writer.read();
        writer.send(dataRow("1"), complete("SELECT 1"), ready('I'));
        assertThat(client.read()).startsWith("FATAL 08P01 backend ");
        client.expectEnd();
    }

    @Test
    void aSyncEndsTheRequestNevertheless() throws Exception {
        client.send(bind("none"), malformed('S', "x"), query("SELECT 1"));
        writer.expect("Bind none", "Sync");
        writer.send(error("26000", "no such statement"), error("08P01", INVALID), ready('I'));
        client.expect("ERROR 26000 no such statement", "ERROR 08P01 " + INVALID, "Ready I");
        reader.answer("SELECT 1", dataRow("1"), complete("SELECT 1"), ready('I'));
        client.expect("Row 1", "Complete SELECT 1", "Ready I");
        goesOn();
    }

    @Test
    void theErrorOfAFlushComesAtOnceAndWhatFollowsIsSkipped() throws Exception {
        client.send(malformed('H', "x"));
        expectRaw(writer, malformed('H', "x"));
        writer.send(error("08P01", INVALID));
        client.expect("ERROR 08P01 " + INVALID);
        client.send(parse("", "SELECT 1"), sync());
        writer.answer(List.of("Parse : SELECT 1", "Sync"), ready('I'));
        client.expect("Ready I");
        goesOn();
    }

    @ParameterizedTest
    @ValueSource(strings = {"P", "Q"})
    void theUnnamedStatementStaysAsItWas(String tag) throws Exception {
        client.send(parse("", "SELECT 1"), sync());
        reader.answer(List.of("Parse : SELECT 1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        byte[] malformed = malformed(tag.charAt(0), "\0DELETE FROM t");
        client.send(malformed, sync());
        expectRaw(writer, malformed);
        writer.send(error("08P01", INVALID));
        if (tag.equals("Q")) {
            writer.send(ready('I'));
            client.expect("ERROR 08P01 " + INVALID, "Ready I");
            reader.answer(List.of("Sync"), ready('I'));
            client.expect("Ready I");
        } else {
            writer.answer(List.of("Sync"), ready('I'));
            client.expect("ERROR 08P01 " + INVALID, "Ready I");
        }
        client.send(bind(""), execute(), sync());
        reader.answer(
                List.of("Bind ", "Execute", "Sync"), bindComplete(), dataRow("1"), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void aCloseThatFailsClosesNothing() throws Exception {
        client.send(parse("a", "SELECT 1"), sync());
        reader.answer(List.of("Parse a: SELECT 1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
        byte[] malformed = malformed('C', "Sa\0b");
        client.send(malformed, bind("a"), sync());
        writer.expect("Parse a: SELECT 1");
        writer.send(parseComplete());
        expectRaw(writer, malformed);
        writer.answer(List.of("Bind a", "Sync"), error("08P01", INVALID), ready('I'));
        client.expect("ERROR 08P01 " + INVALID, "Ready I");
        client.send(bind("a"), execute(), sync());
        reader.answer(
                List.of("Bind a", "Execute", "Sync"), bindComplete(), dataRow("1"), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Row 1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void inATransactionOfAStandbyTheStandbyHasTheWord() throws Exception {
        on(reader, "BEGIN READ ONLY", "BEGIN", 'T');
        byte[] malformed = malformed('D', "");
        client.send(malformed, sync());
        expectRaw(reader, malformed);
        reader.answer(List.of("Sync"), error("08P01", INVALID), ready('E'));
        client.expect("ERROR 08P01 " + INVALID, "Ready E");
        on(reader, "ROLLBACK", "ROLLBACK", 'I');
    }

    /** The rows of before are the client's already, and what cannot be read is for the server that has sent them. */
    @Test
    void afterRowsOfAStandbyTheStandbyHasTheWord() throws Exception {
        client.send(parse("", "SELECT 1"), bind(""), execute(), flush());
        reader.expect("Parse : SELECT 1", "Bind ", "Execute", "Flush");
        reader.send(parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"));
        client.expect("ParseComplete", "BindComplete", "Row 1", "Complete SELECT 1");
        byte[] malformed = malformed('P', "\0DELETE FROM t");
        client.send(malformed, sync());
        expectRaw(reader, malformed);
        reader.answer(List.of("Sync"), error("08P01", INVALID), ready('I'));
        client.expect("ERROR 08P01 " + INVALID, "Ready I");
        goesOn();
    }

    @Test
    void theErrorComesWithoutASync() throws Exception {
        byte[] malformed = malformed('P', "\0DELETE FROM t");
        client.send(malformed);
        expectRaw(writer, malformed);
        writer.send(error("08P01", INVALID));
        client.expect("ERROR 08P01 " + INVALID);
        client.send(parse("", "SELECT 1"), sync());
        writer.answer(List.of("Parse : SELECT 1", "Sync"), ready('I'));
        client.expect("Ready I");
        goesOn();
    }

    @Test
    void afterAPauseOfAReadThePrimaryHasTheWordOnAllOfIt() throws Exception {
        client.send(parse("", "SELECT 1"), bind(""), execute());
        reader.expect("Parse : SELECT 1", "Bind ", "Execute");
        byte[] malformed = malformed('D', "");
        client.send(malformed, sync());
        reader.answer(List.of("Sync"), parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"), ready('I'));
        writer.expect("Parse : SELECT 1", "Bind ", "Execute");
        expectRaw(writer, malformed);
        writer.send(parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"));
        writer.answer(List.of("Sync"), error("08P01", INVALID), ready('I'));
        client.expect(
                "ParseComplete", "BindComplete", "Row 1", "Complete SELECT 1", "ERROR 08P01 " + INVALID, "Ready I");
        on(writer, "CREATE TABLE t()", "CREATE TABLE", 'I');
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void afterAPauseOfAReadBothEndTheSession(boolean unknown) throws Exception {
        client.send(parse("", "SELECT 1"), bind(""), execute());
        reader.expect("Parse : SELECT 1", "Bind ", "Execute");
        client.send(unknown ? UNKNOWN : NO_LENGTH, query("INSERT INTO t VALUES (1)"));
        reader.answer(List.of("Sync"), parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"), ready('I'));
        writer.expect("Parse : SELECT 1", "Bind ", "Execute");
        expectBytes(writer, unknown ? UNKNOWN : NO_LENGTH);
        if (unknown) {
            writer.send(parseComplete(), fatal("08P01", "type inconnu 63"));
        }
        writer.close();
        if (unknown) {
            client.expect("ParseComplete", "FATAL 08P01 type inconnu 63");
        }
        client.expectEnd();
    }

    @Test
    void aCopySwallowsAFlushWithoutALook() throws Exception {
        client.send(query("COPY t FROM STDIN"));
        writer.answer("COPY t FROM STDIN", copyIn());
        client.expect("CopyIn");
        client.send(malformed('H', "x"), copyData("1\n"), malformed('S', "x"), malformed('c', "x"));
        writer.expect("Flush", "CopyData 1\n", "Sync", "CopyDone");
        writer.send(complete("COPY 1"), ready('I'));
        client.expect("Complete COPY 1", "Ready I");
        on(writer, "CREATE TABLE t()", "CREATE TABLE", 'I');
    }

    /** Larger than what is read of a message at once, and smaller than what is kept of it. */
    @ParameterizedTest
    @ValueSource(chars = {'B', 'H', 'D'})
    void itMayBeLarge(char tag) throws Exception {
        client.send(parse("", "INSERT INTO t VALUES (1)"), flush());
        writer.answer(List.of("Parse : INSERT INTO t VALUES (1)", "Flush"), parseComplete());
        client.expect("ParseComplete");
        byte[] malformed = malformed(tag, "x".repeat(9000));
        byte[] bytes = join(malformed, sync());
        client.sendSplit(bytes, 5000);
        expectRaw(writer, malformed);
        writer.send(error("08P01", INVALID));
        writer.answer(List.of("Sync"), ready('I'));
        client.expect("ERROR 08P01 " + INVALID, "Ready I");
        on(writer, "CREATE TABLE t()", "CREATE TABLE", 'I');
    }

    @Test
    void ofAnUnknownTypeTheServerSaysSoAfterTheAnswersToWhatCameBefore() throws Exception {
        client.send(parse("", "SELECT 1"), bind(""), execute(), UNKNOWN, query("INSERT INTO t VALUES (1)"));
        writer.expect("Parse : SELECT 1", "Bind ", "Execute");
        expectBytes(writer, UNKNOWN);
        writer.send(parseComplete(), bindComplete(), dataRow("1"), complete("SELECT 1"));
        writer.send(fatal("08P01", "type inconnu 63"));
        writer.close();
        client.expect("ParseComplete", "BindComplete", "Row 1", "Complete SELECT 1", "FATAL 08P01 type inconnu 63");
        client.expectEnd();
    }

    @Test
    void anUnknownTypeIsSeenWhileMessagesAreSkipped() throws Exception {
        client.send(bind("none"), flush());
        writer.answer(List.of("Bind none", "Flush"), error("26000", "no such statement"));
        client.expect("ERROR 26000 no such statement");
        client.send(bind("none"), UNKNOWN);
        writer.expect("Bind none");
        expectBytes(writer, UNKNOWN);
        writer.send(fatal("08P01", "type inconnu 63"));
        writer.close();
        client.expect("FATAL 08P01 type inconnu 63");
        client.expectEnd();
    }

    @Test
    void anUnknownTypeInACopyEndsTheSessionAsTheServerSays() throws Exception {
        client.send(query("COPY t FROM STDIN"));
        writer.answer("COPY t FROM STDIN", copyIn());
        client.expect("CopyIn");
        client.send(copyData("1\n"), UNKNOWN, copyData("2\n"));
        writer.expect("CopyData 1\n");
        expectBytes(writer, UNKNOWN);
        writer.send(error("08P01", "unexpected message type 0x3F"), fatal("08P01", "synchronization was lost"));
        writer.close();
        client.expect("ERROR 08P01 unexpected message type 0x3F", "FATAL 08P01 synchronization was lost");
        client.expectEnd();
    }

    /** The COPY has failed before it was sent, so that it is the beginning of another request. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void afterACopyThatHasFailedBothEndTheSession(boolean unknown) throws Exception {
        client.send(query("COPY t FROM STDIN"));
        writer.answer("COPY t FROM STDIN", copyIn());
        client.expect("CopyIn");
        client.send(copyData("x\n"));
        writer.answer(List.of("CopyData x\n"), error("22P02", "invalid input"), ready('I'));
        client.expect("ERROR 22P02 invalid input", "Ready I");
        client.send(copyData("y\n"), unknown ? UNKNOWN : NO_LENGTH, query("INSERT INTO t VALUES (1)"));
        if (unknown) {
            expectBytes(writer, UNKNOWN);
            writer.send(fatal("08P01", "type inconnu 63"));
            writer.close();
            client.expect("FATAL 08P01 type inconnu 63");
        } else {
            writer.expectTerminate();
        }
        client.expectEnd();
    }

    @Test
    void anUnknownTypeIsSaidByPgrouterWhereTheServerHasNoWord() throws Exception {
        client.send(UNKNOWN);
        expectBytes(writer, UNKNOWN);
        writer.close();
        client.expect("FATAL 08P01 invalid frontend message type 63");
        client.expectEnd();
        reader.expectTerminate();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, 20_000})
    void anImpossibleLengthEndsTheSessionWithoutAWord(int length) throws Exception {
        on(writer, "BEGIN", "BEGIN", 'T');
        client.send(ByteBuffer.allocate(5).put(FrontendTag.SYNC).putInt(length).array());
        client.expectEnd();
        writer.expectTerminate();
        reader.expectTerminate();
    }

    @Test
    void whatCameBeforeAnImpossibleLengthIsAnswered() throws Exception {
        client.send(query("INSERT INTO t VALUES (1)"), NO_LENGTH);
        writer.answer("INSERT INTO t VALUES (1)", complete("INSERT 0 1"), ready('I'));
        client.expect("Complete INSERT 0 1", "Ready I");
        client.expectEnd();
    }

    @Test
    void anImpossibleLengthInACopyEndsTheSessionAsTheServerSays() throws Exception {
        client.send(query("COPY t FROM STDIN"));
        writer.answer("COPY t FROM STDIN", copyIn());
        client.expect("CopyIn");
        client.send(copyData("1\n"), NO_LENGTH);
        writer.expect("CopyData 1\n");
        expectBytes(writer, NO_LENGTH);
        writer.send(error("08006", "unexpected EOF"), fatal("08P01", "synchronization was lost"));
        writer.close();
        client.expect("ERROR 08006 unexpected EOF", "FATAL 08P01 synchronization was lost");
        client.expectEnd();
    }

    /** The server runs what came before, answers it only where it fails, and says nothing of the rest. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anImpossibleLengthWithinARequestIsTheServersToSee(boolean fails) throws Exception {
        client.send(parse("", "SELECT 1"), bind(""), execute(), NO_LENGTH, query("INSERT INTO t VALUES (1)"));
        writer.expect("Parse : SELECT 1", "Bind ", "Execute");
        expectBytes(writer, NO_LENGTH);
        if (fails) {
            writer.send(parseComplete(), error("22012", "division by zero"));
        }
        writer.close();
        if (fails) {
            client.expect("ParseComplete", "ERROR 22012 division by zero");
        }
        client.expectEnd();
        reader.expectTerminate();
    }

    /** In the middle of an answer of pgrouter's own nothing else is done with it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void afterAnErrorOfPgroutersOwnBothEndTheSession(boolean unknown) throws Exception {
        on(writer, "CREATE TABLE t()", "CREATE TABLE", 'I');
        client.send(parse("", "INSERT INTO t VALUES (1)"), flush());
        writer.expect("Parse : INSERT INTO t VALUES (1)", "Flush");
        writer.close();
        assertThat(client.read()).startsWith("ERROR 08007 ");
        client.send(unknown ? UNKNOWN : NO_LENGTH);
        if (unknown) {
            client.expect("FATAL 08P01 invalid frontend message type 63");
        }
        client.expectEnd();
    }

    @Test
    void closeOfAStatementThatIsThereIsStillOne() throws Exception {
        client.send(parse("a", "SELECT 1"), malformed('C', "Sa\0"), sync());
        reader.answer(List.of("Parse a: SELECT 1", "Close S a", "Sync"), parseComplete(), closeComplete(), ready('I'));
        client.expect("ParseComplete", "CloseComplete", "Ready I");
        goesOn();
    }
}
