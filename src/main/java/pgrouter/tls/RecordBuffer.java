package pgrouter.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import pgrouter.net.Buffer;
import pgrouter.net.Carrier;

/** Bytes that were received and not taken yet. They are in a buffer that is borrowed for as long as there are some. One thread. */
final class RecordBuffer {
    /** A record has at most some 16.3 kB (RFC 8446 section 5.2, and older ones). Carriers keep buffers of this size. */
    static final int CAPACITY = 32 * 1024;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int RECORD_HEADER = 5;

    /** Puts bytes into a buffer. */
    interface Source {
        void read(ByteBuffer into) throws IOException;
    }

    private final Carrier carrier;
    private Buffer buffer = Buffer.NONE;
    private ByteBuffer unread = NOTHING;

    RecordBuffer(Carrier carrier) {
        this.carrier = carrier;
    }

    /** The bytes that are left. The caller moves its position by the bytes that it takes. */
    ByteBuffer unread() {
        return unread;
    }

    boolean isEmpty() {
        return !unread.hasRemaining();
    }

    private boolean holdsNone() {
        return unread.capacity() == 0;
    }

    /** Whether the first record (RFC 8446 section 5.1: type, version, length, then that number of bytes) is complete. */
    boolean hasRecord() {
        return unread.remaining() >= RECORD_HEADER
                && unread.remaining() >= RECORD_HEADER + (unread.getShort(unread.position() + 3) & 0xffff);
    }

    /** Adds the bytes that the source gives. */
    void fill(Source source) throws IOException {
        if (holdsNone()) {
            buffer = carrier.borrow(CAPACITY);
            unread = buffer.view().clear().limit(0);
        }
        unread.compact();
        try {
            source.read(unread);
        } finally {
            unread.flip();
        }
    }

    /** Whether {@link #fill} has room for more. */
    boolean hasRoom() {
        return unread.remaining() < CAPACITY;
    }

    /** Moves as many bytes as there are and have room. */
    void moveTo(ByteBuffer into) {
        int count = Math.min(unread.remaining(), into.remaining());
        into.put(unread.slice(unread.position(), count));
        unread.position(unread.position() + count);
    }

    /** Gives the buffer back where it is empty. */
    void rest() {
        if (!holdsNone() && isEmpty()) {
            unread = NOTHING;
            carrier.giveBack(buffer);
            buffer = Buffer.NONE;
        }
    }
}
