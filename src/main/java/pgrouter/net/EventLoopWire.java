package pgrouter.net;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** A {@link Wire} over a channel that does not block: who must wait parks until the event loop says that the socket is ready. */
final class EventLoopWire implements Wire {
    /** So often may a read fill all of its buffer before the selector is asked again, and with that the others have their turn. */
    private static final int FULL_READS = 4;

    private final EventLoop loop;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final Readiness input;
    private final Readiness room;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Nothing was there any more behind the last read, or others come first. Only the reading thread uses it. */
    private boolean drained = true;

    private int fullReads;

    /** @param key of the channel, without an interest yet */
    EventLoopWire(EventLoop loop, SocketChannel channel, SelectionKey key) {
        this.loop = loop;
        this.channel = channel;
        this.key = key;
        this.input = Readiness.toRead(loop, key);
        this.room = Readiness.toWrite(loop, key);
    }

    /** The selector has seen the socket ready. On the event loop's own thread. */
    void ready() {
        try {
            int operations = key.readyOps();
            if ((operations & SelectionKey.OP_READ) != 0) {
                input.happened();
            }
            if ((operations & SelectionKey.OP_WRITE) != 0) {
                room.happened();
            }
        } catch (CancelledKeyException closedMeanwhile) {
            input.wake();
            room.wake();
        }
    }

    @Override
    public void awaitInput() throws IOException {
        if (drained) {
            await(input);
            drained = false;
        }
    }

    @Override
    public boolean awaitInputOrDismissal() throws IOException {
        if (!drained) {
            return true;
        }
        boolean came = awaitUnlessDismissed();
        drained = !came;
        return came;
    }

    @Override
    public boolean awaitInputUnless(BooleanSupplier over) throws IOException {
        if (drained) {
            drained = !awaitReadyUnless(over);
        }
        return !drained;
    }

    @Override
    public void dismiss() {
        input.dismiss();
    }

    @Override
    public boolean onInput(Runnable task) {
        return drained && input.whenReady(task);
    }

    @Override
    public boolean takeOver() {
        return input.takeBack();
    }

    /** A socket that was empty behind the last read is not tried again: the selector tells when it is worth it. */
    @Override
    public int read(ByteBuffer into) throws IOException {
        awaitInput();
        input.taken();
        int count = channel.read(into);
        while (count == 0) {
            await(input);
            count = channel.read(into);
        }
        fullReads = into.hasRemaining() ? 0 : fullReads + 1;
        drained = fullReads % FULL_READS == 0;
        return count;
    }

    @Override
    public boolean awaitsInput() {
        return input.isAwaited();
    }

    @Override
    public boolean canDoWithoutThread() {
        return true;
    }

    @Override
    public int readNow(ByteBuffer into) throws IOException {
        input.taken();
        int count = channel.read(into);
        drained = into.hasRemaining();
        return count;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        channel.write(from);
        while (from.hasRemaining()) {
            await(room);
            channel.write(from);
        }
    }

    @Override
    public boolean isQuiet() {
        try {
            return channel.read(ByteBuffer.allocate(1)) == 0;
        } catch (IOException gone) {
            return false;
        }
    }

    private void await(Readiness readiness) throws IOException {
        try {
            readiness.await();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private boolean awaitUnlessDismissed() throws IOException {
        try {
            return input.awaitUnlessDismissed();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private boolean awaitReadyUnless(BooleanSupplier over) throws IOException {
        try {
            return input.awaitUnless(over);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Interrupting who waits closes the connection, as with a channel that blocks. */
    private IOException interrupted(InterruptedException cause) {
        close();
        Thread.currentThread().interrupt();
        return new IOException("interrupted", cause);
    }

    @Override
    public Optional<InetAddress> peer() throws IOException {
        return SocketOptions.peer(channel);
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            // The descriptor is released either way.
        }
        loop.left();
        input.wake();
        room.wake();
    }
}
