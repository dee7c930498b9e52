package pgrouter.exchange;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageBuilder;
import pgrouter.request.CachedPlan;
import pgrouter.request.Request;
import pgrouter.request.ServerStatements;
import pgrouter.request.Statement;

/**
 * The messages of pgrouter's own by which a server's process gets the session's prepared statements: Close, Parse,
 * and Describe where the client has a description of the statement. Each is noted in the exchange, whose lock all
 * methods need.
 */
final class Preparation {
    private final Exchange exchange;

    Preparation(Exchange exchange) {
        this.exchange = exchange;
    }

    /**
     * Makes the messages that a request needs before it; none in the usual case.
     *
     * @param wait a query that makes the server wait until it has replayed a position
     * @param isBeginning whether nothing of the request was sent to this server
     */
    Optional<MessageBuilder> before(Optional<byte[]> wait, Request request, boolean isBeginning) {
        if (wait.isPresent()) {
            exchange.awaitReplay();
        }
        ServerStatements.Missing missing = exchange.statements().missing(wanted(request));
        boolean repeats = isBeginning && exchange.reply().delivered().isRepeating();
        List<Statement> repeated = repeats ? request.statements().told() : List.of();
        if (wait.isEmpty() && missing.isNothing() && repeated.isEmpty()) {
            return Optional.empty();
        }
        MessageBuilder own = new MessageBuilder();
        wait.ifPresent(own::bytes);
        give(missing, own);
        for (Statement statement : repeated) {
            give(statement, own);
            close(statement.name(), own);
        }
        if (exchange.isComparing()) {
            exchange.send(FrontendTag.FLUSH);
            own.bytes(FrontendMessage.flush());
        }
        return Optional.of(own);
    }

    /** Whether the request needs a statement whose description by this server must come first. */
    boolean compares(Request request) {
        return exchange.statements().isToCompare(wanted(request));
    }

    /**
     * Returns the statements that must exist. In a failed transaction every Parse fails, so that only the first
     * message of all could need one: its error is the answer.
     */
    private Collection<String> wanted(Request request) {
        if (exchange.reply().transactionStatus() != 'E') {
            if (request.listsAfterBeginning()) {
                exchange.statements().lacking().forEach(request.statements()::refersTo);
            }
            return request.statements().references();
        }
        return request.statements().leading().map(List::of).orElse(List.of());
    }

    /**
     * Where a server's description of a statement differs from the one that the client has, the request fails as in
     * PostgreSQL: the server gets an error too, and skips all up to the next Sync.
     */
    void failIfChanged(MessageBuilder own) {
        boolean changed = !exchange.descriptions().takeChanged().isEmpty();
        if (changed && !exchange.pending().isSkipping()) {
            fail(CachedPlan.CHANGED, own);
        }
    }

    /** Makes a Parse that fails. The client gets this error for it. */
    void fail(ErrorResponse words, MessageBuilder own) {
        exchange.fails(words);
        own.bytes(CachedPlan.failingParse());
    }

    /** Gives the session's statement of this name, if the server does not have it, with a Sync of its own. */
    void giveAlone(String name, MessageBuilder own) {
        int before = own.length();
        give(exchange.statements().missing(List.of(name)), own);
        if (own.length() > before) {
            sync(own);
        }
    }

    /** Closes and gives statements. */
    void give(ServerStatements.Missing missing, MessageBuilder own) {
        missing.close().forEach(name -> close(name, own));
        missing.parse().forEach(statement -> give(statement, own));
    }

    private void give(Statement statement, MessageBuilder own) {
        if (statement.isBySql()) {
            exchange.send(Mark.OWN_QUERY);
            exchange.statements().caughtUp(statement);
        } else {
            exchange.send(Mark.OWN_PARSE, statement);
        }
        own.bytes(statement.recipe());
        if (statement.told().isTold()) {
            describe(statement, own);
        }
    }

    /** Replaces a statement that differs from the description that the client has by one that fails when it is executed. */
    void standIn(Statement statement, MessageBuilder own) {
        exchange.standsIn();
        close(statement.name(), own);
        Statement standIn = statement.standIn();
        exchange.send(Mark.OWN_PARSE, standIn);
        own.bytes(standIn.recipe());
        sync(own);
    }

    /** Asks for the description of a statement that SQL has prepared. */
    void describeAlone(Statement statement, MessageBuilder own) {
        describe(statement, own);
        sync(own);
    }

    private void describe(Statement statement, MessageBuilder own) {
        exchange.send(Mark.OWN_DESCRIBE, statement);
        own.bytes(FrontendMessage.describeStatement(statement.name()));
    }

    private void close(String name, MessageBuilder own) {
        exchange.send(Mark.OWN_CLOSE, Statement.named(name));
        own.bytes(FrontendMessage.closeStatement(name));
    }

    private void sync(MessageBuilder own) {
        exchange.send(Mark.OWN_SYNC);
        own.bytes(FrontendMessage.sync());
    }
}
