package pgrouter.testing;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import pgrouter.net.Wire;

/** A peer that has said all that it will say before it was asked, and reads everything. */
public record CannedWire(ByteBuffer said) implements Wire {
    public static CannedWire of(byte[] bytes) {
        return new CannedWire(ByteBuffer.wrap(bytes));
    }

    @Override
    public void awaitInput() {}

    @Override
    public int read(ByteBuffer into) {
        int count = Math.min(into.remaining(), said.remaining());
        into.put(said.slice(said.position(), count));
        said.position(said.position() + count);
        return count == 0 ? -1 : count;
    }

    @Override
    public void write(ByteBuffer from) {
        from.position(from.limit());
    }

    @Override
    public boolean isQuiet() {
        return !said.hasRemaining();
    }

    @Override
    public Optional<InetAddress> peer() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
