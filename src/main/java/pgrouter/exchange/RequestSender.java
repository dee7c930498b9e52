package pgrouter.exchange;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import pgrouter.net.Inbox;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageBuilder;
import pgrouter.request.RecordedRequest;
import pgrouter.request.Request;
import pgrouter.routing.FunctionCheck;
import pgrouter.routing.Traits;

/**
 * Sends the client's requests to one server: each as a whole, in parts or in pieces, and before it what the server's
 * process lacks for it. Client thread only.
 */
public final class RequestSender {
    private static final byte[] NOTHING = {};

    private final Exchange exchange;
    private final MessageSender sender;
    private final ReadHandoff handoff;
    private final Preparation preparation;
    private final Runnable beforeDatabases;

    /** Whether anything of the present request was sent. */
    private boolean delivered;

    /** Keeps what is sent of the present request; empty where no other server will need it. */
    private Optional<RecordedRequest> recorded = Optional.empty();

    /** @param beforeDatabases is run before a request about databases */
    RequestSender(
            Exchange exchange,
            MessageSender sender,
            ReadHandoff handoff,
            Preparation preparation,
            Runnable beforeDatabases) {
        this.exchange = exchange;
        this.sender = sender;
        this.handoff = handoff;
        this.preparation = preparation;
        this.beforeDatabases = beforeDatabases;
    }

    /**
     * Begins a request whose reply goes to the client.
     *
     * @param already how many messages of its reply the client has from another server
     * @param mayWrite whether it may write although no command tag will show it
     * @param asynchronous whether its commit may be acknowledged before its WAL is flushed
     */
    public void begin(int already, boolean mayWrite, boolean asynchronous) {
        delivered = false;
        recorded = Optional.empty();
        exchange.lock();
        try {
            exchange.begin(already, mayWrite, asynchronous);
        } finally {
            exchange.unlock();
        }
    }

    /**
     * Begins a request whose reply is kept until it can no longer be a refusal.
     *
     * @param already how many messages of its reply the client has from another server
     * @param readOnly whether a refusal that comes too late for another node is the answer that the client has asked
     * for
     * @param checked whether it calls functions that count only where a {@link FunctionCheck} is sent after it
     */
    public void beginHeld(int already, boolean readOnly, boolean checked) {
        delivered = false;
        recorded = Optional.empty();
        exchange.lock();
        try {
            exchange.beginHeld(already, readOnly, checked);
        } finally {
            exchange.unlock();
        }
    }

    /**
     * The present request, which was just begun, is a part of a transaction that may have to run on another server.
     *
     * @param before the digest of the replies to the transaction's requests before
     * @param to what is sent of the request is kept there
     */
    public void record(Digest before, RecordedRequest to) {
        recorded = Optional.of(to);
        exchange.lock();
        try {
            exchange.digest().begin(before, Rerun.ordered(List.of(to)));
        } finally {
            exchange.unlock();
        }
    }

    /** Sends the kept part of a request, from an offset on, as below and without a check. */
    public void send(Request request, Inbox inbox, int from) throws InterruptedException {
        send(request, inbox, from, Optional.empty());
    }

    /**
     * Sends the kept part of a request, from an offset on, and before it what the server's process lacks for it. A
     * lost connection is not reported here but by {@link Relay#await}: the server's last error may still be on the way.
     * After a refusal nothing is sent.
     *
     * @param check sent in one write with it, where the request ends here and calls functions of users
     */
    public void send(Request request, Inbox inbox, int from, Optional<FunctionCheck> check)
            throws InterruptedException {
        send(Optional.empty(), request, inbox, from, check);
    }

    /**
     * Sends the kept part of a request, from its beginning on, and before it what makes the server wait until it has
     * replayed a position. Outside a transaction.
     *
     * @param wait a query, {@code WAIT FOR LSN} of PostgreSQL 19
     * @param check as above
     */
    public void sendAfterWait(byte[] wait, Request request, Inbox inbox, Optional<FunctionCheck> check)
            throws InterruptedException {
        send(Optional.of(wait), request, inbox, 0, check);
    }

    private void send(Optional<byte[]> wait, Request request, Inbox inbox, int from, Optional<FunctionCheck> check)
            throws InterruptedException {
        if (from == request.length()) {
            return;
        }
        if (Traits.has(request.traits(), Traits.DATABASES)) {
            beforeDatabases.run();
        }
        if (recorded.isPresent()) {
            recorded.get().add(request, inbox, from);
        }
        Optional<MessageBuilder> before;
        boolean isNoted;
        exchange.lock();
        try {
            if (exchange.reply().isGivenUp()) {
                sender.nothingSent();
                return;
            }
            exchange.sentTraits().sends(request.state());
            before = preparation.before(wait, request, from == 0);
            isNoted = !exchange.isComparing();
            if (isNoted) {
                note(request, inbox, from, check);
            }
            sender.noted();
        } finally {
            exchange.unlock();
        }
        if (isNoted) {
            write(before, inbox.view(from, request.length() - from), check);
            return;
        }
        before.ifPresent(sender::write);
        if (noteCompared(request, inbox, from, check)) {
            write(Optional.empty(), inbox.view(from, request.length() - from), check);
        }
    }

    private void note(Request request, Inbox inbox, int from, Optional<FunctionCheck> check) {
        RequestMarks.note(request, inbox, from, exchange);
        if (check.isPresent()) {
            exchange.verify(check.get().expected());
        }
    }

    /** @return false where the request has its reply already */
    private boolean noteCompared(Request request, Inbox inbox, int from, Optional<FunctionCheck> check)
            throws InterruptedException {
        boolean goesOn = isDescribed();
        if (goesOn) {
            sender.sendOwn(failing -> {
                preparation.failIfChanged(failing);
                note(request, inbox, from, check);
            });
        }
        return goesOn;
    }

    private void write(Optional<MessageBuilder> before, ByteBuffer messages, Optional<FunctionCheck> check) {
        delivered = true;
        boolean isAlone = before.isEmpty() && check.isEmpty();
        sender.write(isAlone ? messages : together(before, messages, check), false);
    }

    private static ByteBuffer together(
            Optional<MessageBuilder> before, ByteBuffer messages, Optional<FunctionCheck> check) {
        byte[] own = before.map(MessageBuilder::toByteArray).orElse(NOTHING);
        byte[] question =
                check.map(asked -> FrontendMessage.query(asked.query())).orElse(NOTHING);
        ByteBuffer all = ByteBuffer.allocate(own.length + messages.remaining() + question.length);
        return all.put(own).put(messages).put(question).flip();
    }

    /**
     * Waits until the server has described the statements that it was given.
     *
     * @return false where the request has its reply already
     */
    private boolean isDescribed() throws InterruptedException {
        return handoff.await(sender) instanceof Reply.Partial;
    }

    /** Sends the beginning of a message that is not kept. */
    public void sendBeginning(Request request, Inbox inbox, int present, int total) throws InterruptedException {
        recorded.ifPresent(RecordedRequest::addsUnkept);
        Optional<MessageBuilder> before;
        boolean compares;
        exchange.lock();
        try {
            exchange.sentTraits().sends(request.state());
            before = preparation.before(Optional.empty(), request, false);
            compares = before.isPresent() && exchange.isComparing();
            sender.noted();
        } finally {
            exchange.unlock();
        }
        before.ifPresent(sender::write);
        if (!compares || isDescribed()) {
            sender.sendOwn(failing -> {
                preparation.failIfChanged(failing);
                RequestMarks.noteBeginning(request, inbox, exchange);
            });
            delivered = true;
            sender.write(inbox.view(0, present), present < total);
        }
    }

    /** Sends the next piece of such a message. */
    public void sendRest(Inbox inbox, int length, boolean continues) {
        sender.write(inbox.view(0, length), continues);
    }

    /** Fails the request with an error of pgrouter's: the server gets one too, and skips all up to the next Sync. */
    public void fail(ErrorResponse error) {
        sender.sendOwn(messages -> preparation.fail(error, messages));
    }

    /** Sends the end of a request instead of the client, which has the answer. */
    public void sync() {
        sender.sendOwn(messages -> {
            exchange.send(FrontendTag.SYNC);
            messages.bytes(FrontendMessage.sync());
        });
    }

    /**
     * Waits for the answers to all that was sent: the messages after it are for another server, and must not run
     * after an error.
     *
     * @return whether the client has the answers, and there is no error
     */
    public boolean drain() throws InterruptedException {
        sender.sendOwn(messages -> {
            exchange.send(FrontendTag.FLUSH);
            messages.bytes(FrontendMessage.flush());
        });
        return handoff.await(sender) instanceof Reply.Partial partial && !partial.skipping();
    }

    /**
     * Takes back the sent and kept part, in the middle of its reply; {@link Relay#finishWithdrawn} must follow, or the
     * connection is unusable.
     *
     * @return false where it is too late: the client has the reply, or the request is settled
     */
    public boolean withdraw() {
        exchange.lock();
        try {
            if (!exchange.reply().withdraw()) {
                return false;
            }
            exchange.send(Mark.OWN_SYNC);
            sender.noted();
        } finally {
            exchange.unlock();
        }
        sender.write(ByteBuffer.wrap(FrontendMessage.sync()), false);
        return true;
    }

    /** Whether the request needs a statement whose description by this server must come first. */
    public boolean compares(Request request) {
        return exchange.locked(now -> preparation.compares(request));
    }

    /** Whether anything of the present request was sent: the server may have run it. */
    public boolean isDelivered() {
        return delivered;
    }
}
