package pgrouter.console;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import pgrouter.net.Inbox;
import pgrouter.protocol.BackendMessage;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageReader;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;

/**
 * One client of the console, from its greeting until it leaves. It has the simple protocol and, by {@link Extended},
 * the extended one, and handles errors as {@code PostgresMain} does. Client thread only.
 */
public final class Conversation {
    private static final int HEADER = 5;

    /** The largest length of a message: far beyond any statement of the console. */
    private static final int LARGEST = 64 * 1024;

    private final Client client;
    private final Commands commands;
    private final Output out;
    private final Transaction transaction = new Transaction();
    private final Extended extended;

    /** Whether an error of the extended protocol was sent: then all is dropped up to the next Sync. */
    private boolean skips;

    /** The client of the conversation. */
    public interface Client {
        String user();

        /** The messages that it has sent. */
        Inbox inbox();

        /** Writes whole messages. */
        void write(byte[] messages);

        /**
         * Waits for this number of bytes of the next request, with no request under way.
         *
         * @return false where the client has left, or was ended
         */
        boolean awaitRequest(int bytes) throws IOException;
    }

    public Conversation(Client client, Facts facts, Operations operations) {
        this.client = client;
        this.commands = new Commands(facts, operations, client.user());
        this.out = new Output(client::write);
        this.extended = new Extended(this::run, transaction, out);
    }

    /**
     * Runs until the client leaves.
     *
     * @throws IOException where it is gone
     * @throws ProtocolException where it has sent an invalid message
     */
    public void run() throws IOException, InterruptedException {
        boolean stays = true;
        while (stays && client.awaitRequest(HEADER)) {
            stays = request();
        }
    }

    /** Handles one request, up to ReadyForQuery. @return false where the client leaves */
    private boolean request() throws IOException, InterruptedException {
        Inbox inbox = client.inbox();
        boolean ready = false;
        while (!ready) {
            if (!inbox.await(HEADER)) {
                return false;
            }
            byte tag = inbox.byteAt(0);
            int length = length(tag, inbox.intAt(1));
            if (tag == FrontendTag.TERMINATE || !inbox.await(1 + length)) {
                return false;
            }
            byte[] body = new byte[length - 4];
            System.arraycopy(inbox.array(), inbox.arrayOffset(HEADER), body, 0, body.length);
            inbox.consume(1 + length);
            ready = message(tag, new MessageReader(body));
        }
        out.flush();
        return true;
    }

    private static int length(byte tag, int length) throws ProtocolException {
        int most = FrontendTag.maximumLength(tag);
        if (most == 0) {
            throw new ProtocolException("invalid frontend message type " + (tag & 0xff));
        }
        if (length < 4 || length > Math.min(most, LARGEST)) {
            throw new ProtocolException("invalid message length");
        }
        return length;
    }

    /** @return whether the request has ended */
    private boolean message(byte tag, MessageReader body) throws InterruptedException {
        if (skips && tag != FrontendTag.SYNC) {
            return false;
        }
        try {
            return answered(tag, body);
        } catch (ProtocolException e) {
            return told(tag, new Rejected(SqlState.PROTOCOL_VIOLATION, e.getMessage()));
        } catch (Rejected e) {
            return told(tag, e);
        }
    }

    private boolean answered(byte tag, MessageReader body) throws ProtocolException, Rejected, InterruptedException {
        switch (tag) {
            case FrontendTag.QUERY -> {
                String text = body.string();
                if (body.remaining() != 0) {
                    throw new ProtocolException("invalid message format");
                }
                query(text);
                return ready();
            }
            case FrontendTag.SYNC -> {
                skips = false;
                return ready();
            }
            case FrontendTag.FLUSH -> out.flush();
            case FrontendTag.FUNCTION_CALL ->
                throw new Rejected(SqlState.FEATURE_NOT_SUPPORTED, "the console has no functions");
            case FrontendTag.COPY_DATA, FrontendTag.COPY_DONE, FrontendTag.COPY_FAIL -> {
                // Ignored as the rest of a COPY, as PostgreSQL does.
            }
            default -> extended.message(tag, body);
        }
        return false;
    }

    private boolean told(byte tag, Rejected e) {
        out.add(ErrorResponse.error(e.sqlState(), e.getMessage()).encode());
        transaction.failed();
        // At once, as PostgreSQL does: a client that waits after a Flush would not get it, since the Flush is dropped.
        out.flush();
        boolean simple = tag == FrontendTag.QUERY || tag == FrontendTag.FUNCTION_CALL;
        skips = !simple;
        return simple && ready();
    }

    private boolean ready() {
        if (!transaction.isOpen()) {
            extended.endPortals();
        }
        out.add(BackendMessage.readyForQuery(transaction.status()));
        return true;
    }

    private void query(String text) throws Rejected, InterruptedException {
        extended.endUnnamed();
        List<Command> all = StatementParser.parse(text);
        if (all.isEmpty()) {
            out.add(BackendMessage.bare(BackendTag.EMPTY_QUERY_RESPONSE));
        }
        for (Command command : all) {
            Optional<List<String>> columns = Commands.columns(command);
            Result result = run(command);
            columns.ifPresent(names -> out.add(BackendMessage.rowDescription(names, new int[names.size()])));
            Portal portal = new Portal(Optional.of(command), new int[0]);
            portal.ran(result);
            portal.fetch(0, out);
        }
    }

    private Result run(Command command) throws Rejected, InterruptedException {
        transaction.require(command);
        Result result = command instanceof Command.Transaction(Command.Kind kind)
                ? Result.done(transaction.run(kind))
                : commands.run(command);
        result.notice().ifPresent(text -> out.add(BackendMessage.notice(text)));
        return result;
    }
}
