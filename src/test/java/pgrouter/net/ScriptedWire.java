package pgrouter.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** A wire whose peer has sent some bytes and then ended the stream; it delivers at most a given number at a time. */
final class ScriptedWire implements Wire {
    private final byte[] incoming;
    private final int atATime;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private int delivered;

    ScriptedWire(byte[] incoming, int atATime) {
        this.incoming = incoming;
        this.atATime = atATime;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length <= 0) {
            throw new IOException("a read of " + length + " bytes");
        }
        if (delivered == incoming.length) {
            return -1;
        }
        int count = Math.min(Math.min(length, atATime), incoming.length - delivered);
        System.arraycopy(incoming, delivered, bytes, offset, count);
        delivered += count;
        return count;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        written.write(bytes, offset, length);
    }

    byte[] written() {
        return written.toByteArray();
    }

    @Override
    public void close() {}
}
