package pgrouter.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import pgrouter.net.Buffer;
import pgrouter.net.Carrier;

/** Bytes that have come and are not taken yet, in a buffer that is borrowed for as long as there are some. Used by one thread. */
final class RecordBuffer {
    /** A record has at most some 16.3 kB (RFC 8446 section 5.2, and older ones). Event loops have buffers of this size in stock. */
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

    /** What is left. Who takes of it moves its position. */
    ByteBuffer unread() {
        return unread;
    }

    boolean isEmpty() {
        return !unread.hasRemaining();
    }

    private boolean holdsNone() {
        return unread.capacity() == 0;
    }

    /** Whether the first record (RFC 8446 section 5.1: type, version, length, then so many bytes) is there to its end. */
    boolean hasRecord() {
        return unread.remaining() >= RECORD_HEADER
                && unread.remaining() >= RECORD_HEADER + (unread.getShort(unread.position() + 3) & 0xffff);
    }

    /** Adds what the source gives. */
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

    /** Moves as much as there is and has room. */
    void moveTo(ByteBuffer into) {
        int count = Math.min(unread.remaining(), into.remaining());
        into.put(unread.slice(unread.position(), count));
        unread.position(unread.position() + count);
    }

    /** Gives the buffer back where nothing is in it. */
    void rest() {
        if (!holdsNone() && isEmpty()) {
            unread = NOTHING;
            carrier.giveBack(buffer);
            buffer = Buffer.NONE;
        }
    }
}
