package pgrouter.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import pgrouter.testing.ReadyWire;

/** A wire whose peer has sent some bytes and then ended the stream; it delivers at most a given number at a time. */
class ScriptedWire implements ReadyWire {
    private final byte[] incoming;
    private final int atATime;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private int delivered;

    ScriptedWire(byte[] incoming, int atATime) {
        this.incoming = incoming;
        this.atATime = atATime;
    }

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

    byte[] written() {
        return written.toByteArray();
    }
}
