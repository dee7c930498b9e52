package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import pgrouter.client.Memory;
import pgrouter.request.Description;
import pgrouter.request.ServerStatements;
import pgrouter.request.Statement;
import pgrouter.request.Statements;

/** What one connection lacks of the session's prepared statements. */
final class ServerStatementsTest {
    private final Statements session = new Statements(Memory.unlimited().begin());
    private final ServerStatements one = session.onNewServer();
    private final ServerStatements other = session.onNewServer();

    @Test
    void nothingIsMissingWhereTheStatementWasParsed() {
        parse(one, statement("a", "1"));
        assertThat(one.missing(List.of("a"))).isEqualTo(ServerStatements.Missing.NOTHING);
    }

    @Test
    void otherConnectionLacksIt() {
        Statement a = statement("a", "1");
        parse(one, a);
        assertMissing(other.missing(List.of("a")), List.of(), List.of(a));
    }

    @Test
    void nothingIsMissingWhereItCaughtUp() {
        Statement a = statement("a", "1");
        parse(one, a);
        other.caughtUp(a);
        assertMissing(other.missing(List.of("a")), List.of(), List.of());
    }

    /** The table may have changed in between, and with it what the text means. */
    @Test
    void statementOfTheSameTextThatWasParsedElsewhereIsExchanged() {
        parse(one, statement("a", "1"));
        Statement again = statement("a", "1");
        parse(other, again);
        assertMissing(one.missing(List.of("a")), List.of("a"), List.of(again));
    }

    @Test
    void statementThatWasDescribedElsewhereIsExchanged() {
        Statement a = statement("a", "1");
        parse(one, a);
        other.caughtUp(a);
        one.described(a, Description.ofPortal(7));
        one.confirm();
        assertMissing(one.missing(List.of("a")), List.of(), List.of());
        assertMissing(other.missing(List.of("a")), List.of("a"), List.of(a));
    }

    @Test
    void whatADroppedReplyDescribedWasNotTold() {
        Statement a = statement("a", "1");
        parse(one, a);
        one.described(a, Description.ofPortal(7));
        one.revert();
        assertThat(a.told()).isEqualTo(Description.NONE);
    }

    @Test
    void statementThatChangedElsewhereIsExchanged() {
        parse(one, statement("a", "1"));
        Statement changed = statement("a", "2");
        parse(other, changed);
        assertMissing(one.missing(List.of("a")), List.of("a"), List.of(changed));
    }

    @Test
    void statementClosedElsewhereIsClosedOnce() {
        Statement a = statement("a", "1");
        parse(one, a);
        other.caughtUp(a);
        one.closed(a);
        one.confirm();
        assertMissing(other.missing(List.of()), List.of("a"), List.of());
        other.dropped(a);
        assertMissing(other.missing(List.of()), List.of(), List.of());
    }

    @Test
    void unknownStatementIsNotMissing() {
        assertMissing(one.missing(List.of("a")), List.of(), List.of());
    }

    @Test
    void unnamedStatementIsGoneOnEveryConnectionWhenOneDropsIt() {
        Statement unnamed = statement("", "1");
        parse(one, unnamed);
        other.caughtUp(unnamed);
        one.unnamedDropped();
        one.confirm();
        assertMissing(one.missing(List.of("")), List.of(""), List.of());
        assertMissing(other.missing(List.of("")), List.of(""), List.of());
    }

    @Test
    void newConnectionLacksEverythingThatLives() {
        Statement a = statement("a", "1");
        Statement b = statement("b", "2");
        parse(one, a);
        parse(one, b);
        one.closed(a);
        one.confirm();
        assertMissing(session.onNewServer().missing(List.of("a", "b")), List.of(), List.of(b));
    }

    @Test
    void whatADroppedReplyParsedIsClosedAndNotTheSessions() {
        Statement a = statement("a", "1");
        one.parsed(a);
        one.revert();
        assertMissing(other.missing(List.of("a")), List.of(), List.of());
        assertMissing(one.missing(List.of("a")), List.of("a"), List.of());
    }

    @Test
    void aStatementThatTheSessionHasIsParsedAgainBehindTheCloseOfItsNamesake() {
        Statement a = statement("a", "1");
        parse(other, a);
        one.parsed(a);
        one.revert();
        assertMissing(one.missing(List.of("a")), List.of("a"), List.of(a));
    }

    /** In a reply that the client has got. */
    private static void parse(ServerStatements server, Statement statement) {
        server.parsed(statement);
        server.confirm();
    }

    private static void assertMissing(ServerStatements.Missing missing, List<String> close, List<Statement> parse) {
        assertThat(missing.close()).isEqualTo(close);
        assertThat(missing.parse()).isEqualTo(parse);
    }

    private static Statement statement(String name, String text) {
        return new Statement(name, text.getBytes(StandardCharsets.US_ASCII), Statement.Finding.NONE);
    }
}
