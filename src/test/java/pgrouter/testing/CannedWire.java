package pgrouter.testing;

import java.nio.ByteBuffer;

/** A peer that has said all that it will say before it was asked, and reads everything. */
public record CannedWire(ByteBuffer said) implements ReadyWire {
    public static CannedWire of(byte[] bytes) {
        return new CannedWire(ByteBuffer.wrap(bytes));
    }

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
}
