package pgrouter.exchange;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageBuilder;
import pgrouter.request.ExpectedStatements;
import pgrouter.request.RecordedRequest;
import pgrouter.request.Statement;

/**
 * Runs requests of the client's transaction again that another server has answered, all in one write. The client sees
 * nothing of it. Client thread only.
 */
public final class Rerun {
    private static final int HEADER = 5;

    private final Exchange exchange;
    private final MessageSender sender;
    private final ReadHandoff handoff;
    private final Preparation preparation;

    Rerun(Exchange exchange, MessageSender sender, ReadHandoff handoff, Preparation preparation) {
        this.exchange = exchange;
        this.sender = sender;
        this.handoff = handoff;
        this.preparation = preparation;
    }

    /**
     * The result of a run that has come to its end.
     *
     * @param digest of the replies
     * @param interruption the first error that says nothing about the data, as that of a timeout
     */
    public record Result(Digest digest, Optional<ErrorResponse> interruption) {}

    /** @return empty where the run has not come to its end: the connection is lost, or the requests did not fit */
    public Optional<Result> run(List<RecordedRequest> requests) throws InterruptedException {
        sender.sendOwn(messages -> {
            exchange.beginRerun(ordered(requests));
            ExpectedStatements expected = new ExpectedStatements(exchange.statements());
            requests.forEach(request -> add(request, expected, messages));
        });
        Reply reply = handoff.await(sender);
        return exchange.locked(now -> result(now, reply));
    }

    private static Optional<Result> result(Exchange now, Reply reply) {
        now.statements().ranAgain();
        return reply instanceof Reply.Complete
                ? Optional.of(new Result(now.digest().value(), now.digest().interruption()))
                : Optional.empty();
    }

    /** Returns the numbers of the requests that order their rows. */
    static BitSet ordered(List<RecordedRequest> requests) {
        BitSet ordered = new BitSet();
        for (int i = 0; i < requests.size(); i++) {
            ordered.set(i, requests.get(i).isOrdered());
        }
        return ordered;
    }

    private void add(RecordedRequest request, ExpectedStatements expected, MessageBuilder to) {
        preparation.give(expected.missing(request.used()), to);
        byte[] messages = request.messages();
        ByteBuffer view = ByteBuffer.wrap(messages);
        int statement = 0;
        byte tag = 0;
        for (int at = 0; at < messages.length; at += 1 + view.getInt(at + 1)) {
            tag = messages[at];
            byte kind = at + HEADER < messages.length ? messages[at + HEADER] : 0;
            if (RequestMarks.isAboutStatement(tag, kind)) {
                note(tag, request.made().get(statement++), expected);
            } else {
                note(tag, expected);
            }
        }
        to.bytes(messages);
        if (tag != FrontendTag.QUERY && tag != FrontendTag.SYNC) {
            exchange.send(Mark.OWN_SYNC);
            to.bytes(FrontendMessage.sync());
        }
    }

    private void note(byte tag, Statement statement, ExpectedStatements expected) {
        exchange.send(tag, statement);
        switch (tag) {
            case FrontendTag.PARSE -> expected.parses(statement);
            case FrontendTag.CLOSE -> expected.closes(statement.name());
            default -> {}
        }
    }

    private void note(byte tag, ExpectedStatements expected) {
        if (tag == FrontendTag.QUERY) {
            expected.dropsUnnamed();
        }
        exchange.send(tag == FrontendTag.CLOSE ? Mark.CLOSE_PORTAL : tag);
    }
}
