package pgrouter.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A wire whose peer has sent some bytes and then ended the stream; it delivers at most a given number at a time. */
class ScriptedWire implements Wire {
    private final byte[] incoming;
    private final int atATime;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private int delivered;

    ScriptedWire(byte[] incoming, int atATime) {
        this.incoming = incoming;
        this.atATime = atATime;
    }

    @Override
    public void awaitInput() {}

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!into.hasRemaining()) {
            throw new IOException("a read without room");
        }
        if (delivered == incoming.length) {
            return -1;
        }
        int count = Math.min(Math.min(into.remaining(), atATime), incoming.length - delivered);
        into.put(incoming, delivered, count);
        delivered += count;
        return count;
    }

    @Override
    public void write(ByteBuffer from) {
        written.write(from.array(), from.arrayOffset() + from.position(), from.remaining());
        from.position(from.limit());
    }

    @Override
    public boolean isQuiet() {
        return false;
    }

    @Override
    public Optional<InetAddress> peer() {
        return Optional.empty();
    }

    byte[] written() {
        return written.toByteArray();
    }

    @Override
    public void close() {}
}
