package pgrouter.net;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** A {@link PolledSocket} over a non-blocking channel. */
final class NioSocket implements PolledSocket {
    private final SocketChannel channel;
    private final SelectionKey key;
    private Owner owner;

    /** @param key of the channel, without an interest yet */
    NioSocket(SocketChannel channel, SelectionKey key) {
        this.channel = channel;
        this.key = key;
    }

    /** Attaches this object to its key, where the selector finds it. */
    void attach() {
        key.attach(this);
    }

    @Override
    public void ownedBy(Owner newOwner) {
        owner = newOwner;
    }

    /** The selector has seen the channel ready. Thread of the carrier only. */
    void ready() {
        try {
            int operations = key.readyOps();
            if ((operations & SelectionKey.OP_READ) != 0) {
                owner.isReadable();
            }
            if ((operations & SelectionKey.OP_WRITE) != 0) {
                owner.isWritable();
            }
        } catch (CancelledKeyException closedMeanwhile) {
            owner.isClosed();
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return channel.write(from);
    }

    @Override
    public boolean watch(Condition condition) throws AsynchronousCloseException {
        int operation = operation(condition);
        try {
            return (key.interestOps() & operation) == 0 && (key.interestOpsOr(operation) & operation) == 0;
        } catch (CancelledKeyException closed) {
            throw new AsynchronousCloseException();
        }
    }

    @Override
    public void ignore(Condition condition) {
        key.interestOpsAnd(~operation(condition));
    }

    private static int operation(Condition condition) {
        return condition == Condition.READABLE ? SelectionKey.OP_READ : SelectionKey.OP_WRITE;
    }

    @Override
    public Optional<InetAddress> peer() throws IOException {
        return NioSocketOptions.peer(channel);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            // The descriptor is released either way.
        }
    }
}
