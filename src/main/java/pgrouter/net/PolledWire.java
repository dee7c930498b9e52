package pgrouter.net;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import pgrouter.net.PolledSocket.Condition;

/** A {@link Wire} over a polled socket: a thread that must wait parks until the carrier has seen the socket ready. */
final class PolledWire implements Wire, PolledSocket.Owner {
    /**
     * The number of reads in a row that may fill their buffer before the poller is asked again, which gives other
     * threads their turn.
     */
    private static final int FULL_READS = 4;

    private final Carrier carrier;
    private final PolledSocket socket;
    private final Readiness input;
    private final Readiness room;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Whether nothing was left after the last read, or other threads come first. Reading thread only. */
    private boolean drained = true;

    /** Reading thread only. */
    private int fullReads;

    PolledWire(Carrier carrier, PolledSocket socket, Readiness.Watching input) {
        this.carrier = carrier;
        this.socket = socket;
        this.input = new Readiness(carrier, socket, Condition.READABLE, input);
        this.room = new Readiness(carrier, socket, Condition.WRITABLE, Readiness.Watching.ONCE);
    }

    @Override
    public void isReadable() {
        input.happened();
    }

    @Override
    public void isWritable() {
        room.happened();
    }

    @Override
    public void isClosed() {
        input.closed();
        room.closed();
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

    /** Waits for the poller first if the last read has emptied the socket. */
    @Override
    public int read(ByteBuffer into) throws IOException {
        awaitInput();
        int count = take(into);
        while (count == 0) {
            await(input);
            count = take(into);
        }
        fullReads = into.hasRemaining() ? 0 : fullReads + 1;
        drained = fullReads % FULL_READS == 0;
        return count;
    }

    private int take(ByteBuffer into) throws IOException {
        int count = socket.read(into);
        input.used();
        return count;
    }

    @Override
    public boolean awaitsInput() {
        return input.isAwaited();
    }

    @Override
    public int readNow(ByteBuffer into) throws IOException {
        int count = take(into);
        drained = into.hasRemaining();
        return count;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        socket.write(from);
        while (from.hasRemaining()) {
            room.used();
            await(room);
            socket.write(from);
        }
    }

    @Override
    public boolean isQuiet() {
        try {
            return socket.read(ByteBuffer.allocate(1)) == 0;
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

    /** Closes the connection of a thread that is interrupted, as a blocking channel does. */
    private IOException interrupted(InterruptedException cause) {
        close();
        Thread.currentThread().interrupt();
        return new IOException("interrupted", cause);
    }

    @Override
    public Optional<InetAddress> peer() throws IOException {
        return socket.peer();
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        socket.close();
        carrier.left();
        input.closed();
        room.closed();
    }
}
