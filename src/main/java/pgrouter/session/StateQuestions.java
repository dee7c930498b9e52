package pgrouter.session;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pgrouter.client.Memory;
import pgrouter.client.SessionException;
import pgrouter.exchange.Relay;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.SqlState;
import pgrouter.request.Statement;
import pgrouter.request.TextAnalyzer;
import pgrouter.state.Pin;
import pgrouter.state.SessionState;
import pgrouter.state.StateAnswer;
import pgrouter.state.StateQuestion;

/**
 * Asks a server for what a session may have changed there, and takes the answer into the state that the session wants.
 * Client thread only.
 */
final class StateQuestions {
    private final Servers servers;
    private final TextAnalyzer texts;
    private final SessionState wanted;
    private final Memory.OfSession memory;

    StateQuestions(Servers servers, TextAnalyzer texts, SessionState wanted) {
        this.servers = servers;
        this.texts = texts;
        this.wanted = wanted;
        this.memory = servers.statements().memory();
    }

    /**
     * Asks for all that is not known for sure.
     *
     * @return false where the server has given no answer
     * @throws SessionException where the server is gone, and with it the only knowledge of the changes
     */
    boolean ask(Relay server) throws SessionException, InterruptedException {
        Optional<List<List<Optional<String>>>> rows =
                server.own().ask(wanted.stale().question());
        if (server.own().hasHeardTooMuch()) {
            wanted.exceed();
        }
        if (rows.isEmpty()) {
            endIfUnknowable(server);
            return false;
        }
        Set<String> asked = wanted.stale().statements();
        StateAnswer answer = StateAnswer.of(rows.get());
        wanted.answered(answer);
        List<Statement> found = asked.stream()
                .flatMap(name -> take(name, answer, server).stream())
                .toList();
        if (!found.isEmpty()) {
            server.own().describe(found);
        }
        return true;
    }

    /** The value that the client was told to have set cannot be asked for any more. */
    private void endIfUnknowable(Relay server) throws SessionException, InterruptedException {
        if (server.isOver()) {
            servers.checkEnd();
            throw SessionException.fatal(
                    SqlState.ADMIN_SHUTDOWN,
                    "terminating connection: the backend " + Servers.address(server)
                            + " was lost, and with it what this session has set last");
        }
    }

    /** @return the statement where SQL has prepared it */
    private Optional<Statement> take(String name, StateAnswer answer, Relay server) {
        Optional<StateAnswer.Prepared> found = answer.statement(name);
        if (found.isEmpty()) {
            server.deallocated(name);
            return Optional.empty();
        }
        return found.filter(StateAnswer.Prepared::bySql).flatMap(prepared -> take(prepared, server));
    }

    private Optional<Statement> take(StateAnswer.Prepared prepared, Relay server) {
        byte[] text = prepared.text().getBytes(StandardCharsets.ISO_8859_1);
        byte[] query = (prepared.text() + "\0").getBytes(StandardCharsets.ISO_8859_1);
        Statement statement =
                Statement.bySql(prepared.name(), FrontendMessage.query(query, 0, query.length), texts.prepared(text));
        if (!memory.fits(statement.bytes())) {
            wanted.exceed();
            return Optional.empty();
        }
        server.prepared(statement);
        return Optional.of(statement);
    }

    /** Whether a server's process holds an advisory lock of the session. A process that is gone holds none. */
    static boolean holdsLock(Relay server) throws InterruptedException {
        return server.own()
                .ask(StateQuestion.of(Pin.ADVISORY))
                .filter(StateQuestion::isYes)
                .isPresent();
    }
}
