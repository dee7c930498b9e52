package pgrouter.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.IntSupplier;
import pgrouter.net.Wire;

/** Gives what arrives in portions. */
record SlowWire(Wire below, IntSupplier portion) implements Wire {
    @Override
    public void awaitInput() throws IOException {
        below.awaitInput();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int limit = into.limit();
        into.limit(into.position() + Math.min(into.remaining(), portion.getAsInt()));
        try {
            return below.read(into);
        } finally {
            into.limit(limit);
        }
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
