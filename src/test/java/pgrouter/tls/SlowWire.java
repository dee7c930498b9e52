package pgrouter.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import pgrouter.net.Wire;

/** Gives what arrives in portions. */
record SlowWire(Wire below, IntSupplier portion) implements Wire {
    @Override
    public void awaitInput() throws IOException {
        below.awaitInput();
    }

    @Override
    public boolean awaitInputOrDismissal() throws IOException {
        return below.awaitInputOrDismissal();
    }

    @Override
    public boolean awaitInputUnless(BooleanSupplier over) throws IOException {
        return below.awaitInputUnless(over);
    }

    @Override
    public void dismiss() {
        below.dismiss();
    }

    @Override
    public boolean onInput(Runnable task) {
        return below.onInput(task);
    }

    @Override
    public boolean takeOver() {
        return below.takeOver();
    }

    @Override
    public boolean awaitsInput() {
        return below.awaitsInput();
    }

    private interface Read {
        int into(ByteBuffer buffer) throws IOException;
    }

    private int portion(ByteBuffer into, Read read) throws IOException {
        int limit = into.limit();
        into.limit(into.position() + Math.min(into.remaining(), portion.getAsInt()));
        try {
            return read.into(into);
        } finally {
            into.limit(limit);
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return portion(into, below::read);
    }

    @Override
    public int readNow(ByteBuffer into) throws IOException {
        return portion(into, below::readNow);
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        below.write(from);
    }

    @Override
    public boolean isQuiet() {
        return below.isQuiet();
    }

    @Override
    public Optional<InetAddress> peer() throws IOException {
        return below.peer();
    }

    @Override
    public void close() {
        below.close();
    }
}
