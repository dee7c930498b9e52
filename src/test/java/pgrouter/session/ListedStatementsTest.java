package pgrouter.session;

import static pgrouter.testing.Frontend.bind;
import static pgrouter.testing.Frontend.closeStatement;
import static pgrouter.testing.Frontend.describeStatement;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.closeComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.parameterDescription;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.row;
import static pgrouter.testing.Server.rowDescription;

import java.util.List;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.Lsn;

/** The server's list of prepared statements shows those of the client, wherever it has made them. */
final class ListedStatementsTest extends OnOneStandby {
    private static final String LIST = "SELECT name FROM pg_prepared_statements";

    private void parsedOnReader(String name) throws Exception {
        client.send(parse(name, "SELECT 1"), sync());
        reader.answer(List.of("Parse " + name + ": SELECT 1", "Sync"), parseComplete(), ready('I'));
        client.expect("ParseComplete", "Ready I");
    }

    private void isListed() throws Exception {
        writer.answer(LIST, row("s1"));
        client.expect("RowDescription", "Row s1", "Complete SELECT 1", "Ready I");
    }

    @Test
    void aStatementOfTheStandbyIsListed() throws Exception {
        parsedOnReader("s1");
        client.send(query(LIST));
        writer.answer(List.of("Parse s1: SELECT 1", "Sync"), parseComplete(), ready('I'));
        isListed();
        client.send(query(LIST));
        isListed();
    }

    @Test
    void theUnnamedStatementIsNot() throws Exception {
        parsedOnReader("");
        client.send(query(LIST));
        isListed();
    }

    @Test
    void aStatementThatIsClosedOnTheStandbyIsNot() throws Exception {
        parsedOnReader("s1");
        client.send(query(LIST));
        writer.answer(List.of("Parse s1: SELECT 1", "Sync"), parseComplete(), ready('I'));
        isListed();
        stage.publish(new Lsn(2000), new Lsn(2000));
        client.send(closeStatement("s1"), sync());
        reader.answer(List.of("Close S s1", "Sync"), closeComplete(), ready('I'));
        client.expect("CloseComplete", "Ready I");
        client.send(query(LIST));
        writer.expect("Close S s1");
        writer.send(closeComplete());
        isListed();
    }

    @Test
    void aStatementThatHasChangedIsListedAndNotUsed() throws Exception {
        client.send(parse("s1", "SELECT 1"), describeStatement("s1"), sync());
        reader.expect("Parse s1: SELECT 1", "Describe S s1", "Sync");
        reader.send(parseComplete(), parameterDescription(), rowDescription("a"), ready('I'));
        client.reply();
        client.send(query(LIST));
        writer.expect("Parse s1: SELECT 1", "Describe S s1", "Sync");
        writer.send(parseComplete(), parameterDescription(), rowDescription("b"), ready('I'));
        isListed();
        stage.publishPrimaryOnly(new Lsn(1000));
        client.send(bind("s1"), execute(), sync());
        writer.expect("Close S s1", "Parse s1: SELECT 1", "Describe S s1", "Flush");
        writer.send(closeComplete(), parseComplete(), parameterDescription(), rowDescription("a"));
        writer.expect("Bind s1", "Execute", "Sync");
        writer.send(bindComplete(), complete("SELECT 1"), ready('I'));
        client.expect("BindComplete", "Complete SELECT 1", "Ready I");
    }

    @Test
    void aStatementThatCannotBeMadeDoesNotFailTheTransaction() throws Exception {
        parsedOnReader("s1");
        client.send(query("BEGIN"));
        writer.answer("BEGIN", complete("BEGIN"), ready('T'));
        client.reply();
        client.send(query(LIST));
        writer.answer("SAVEPOINT pgrouter", complete("SAVEPOINT"), ready('T'));
        writer.answer(List.of("Parse s1: SELECT 1", "Sync"), error("42P01", "gone"), ready('E'));
        writer.answer("ROLLBACK TO SAVEPOINT pgrouter", complete("ROLLBACK"), ready('T'));
        writer.answer("RELEASE SAVEPOINT pgrouter", complete("RELEASE"), ready('T'));
        writer.answer(LIST, complete("SELECT 0"), ready('T'));
        client.expect("Complete SELECT 0", "Ready T");
    }
}
