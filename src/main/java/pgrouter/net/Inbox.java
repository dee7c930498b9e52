package pgrouter.net;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.BooleanSupplier;

/**
 * The bytes that have arrived on one wire and are not consumed yet. Offsets count from the oldest byte that is kept.
 * One thread at a time. {@link #array()}, {@link #arrayOffset(int)} and {@link #view(int, int)} hold until the next
 * {@link #fill(int)}. While nothing is kept and nothing arrives, the inbox has no array: it borrows one from its
 * carrier.
 */
public final class Inbox {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private final Wire wire;
    private final Carrier carrier;
    private int usualCapacity;
    private Buffer buffer = Buffer.NONE;
    private byte[] bytes = buffer.bytes();
    private int start;
    private int end;

    public Inbox(Wire wire, Carrier carrier) {
        this(wire, carrier, carrier.bufferCapacity());
    }

    /** @param usualCapacity the size of the array in bytes while nothing large is kept */
    public Inbox(Wire wire, Carrier carrier, int usualCapacity) {
        this.wire = wire;
        this.carrier = carrier;
        this.usualCapacity = usualCapacity;
    }

    /** Sets the size of the array in bytes while nothing large is kept. */
    public void usually(int capacity) {
        usualCapacity = capacity;
    }

    public int available() {
        return end - start;
    }

    public byte byteAt(int offset) {
        return bytes[start + offset];
    }

    public int intAt(int offset) {
        return (int) INT.get(bytes, start + offset);
    }

    public byte[] array() {
        return bytes;
    }

    /** The place of an offset in {@link #array()}. */
    public int arrayOffset(int offset) {
        return start + offset;
    }

    /** A range of {@link #array()}, ready to be written. */
    public ByteBuffer view(int offset, int length) {
        return buffer.view().limit(start + offset + length).position(start + offset);
    }

    /**
     * Waits for more bytes. A full array grows, up to the limit or the usual capacity, whichever is larger.
     *
     * @return false when the peer has ended the stream
     * @throws IllegalStateException when there is no room: the caller must consume first
     */
    public boolean fill(int limit) throws IOException {
        if (start == end) {
            release();
            wire.awaitInput();
        }
        makeRoom(Math.max(limit, usualCapacity));
        int count = wire.read(buffer.view().limit(bytes.length).position(end));
        if (count < 0) {
            return false;
        }
        end += count;
        return true;
    }

    /**
     * Waits until {@link #fill(int)} has something to read.
     *
     * @return false where {@link Wire#dismiss} has ended the wait
     */
    public boolean awaitInputOrDismissal() throws IOException {
        if (start == end) {
            release();
        }
        return wire.awaitInputOrDismissal();
    }

    /**
     * Takes the bytes that have arrived already, and does not wait for more.
     *
     * @param limit as for {@link #fill(int)}: there is room
     * @return the number of bytes; -1 when the peer has ended the stream
     * @see Wire#readNow
     */
    public int fillNow(int limit) throws IOException {
        makeRoom(Math.max(limit, usualCapacity));
        int count = wire.readNow(buffer.view().limit(bytes.length).position(end));
        end += Math.max(count, 0);
        if (start == end) {
            release();
        }
        return count;
    }

    /** Whether the peer has ended the stream, as far as that can be seen without waiting. Keeps bytes that have arrived. */
    public boolean hasEnded() throws IOException {
        return start == end && fillNow(usualCapacity) < 0;
    }

    /**
     * Waits for bytes after those that are kept, and does not take them yet.
     *
     * @return false where there is no need to wait any more
     * @see Wire#awaitInputUnless
     */
    public boolean awaitInputUnless(BooleanSupplier over) throws IOException {
        if (start == end) {
            release();
        }
        return wire.awaitInputUnless(over);
    }

    /**
     * Waits for the next bytes, without an array if nothing is kept.
     *
     * @return false where {@link Wire#dismiss} has ended the wait
     */
    public boolean rest() throws IOException {
        if (start < end) {
            return true;
        }
        release();
        return wire.awaitInputOrDismissal();
    }

    /** Gives the array back. Called when all bytes are consumed and no thread waits for more. */
    public void release() {
        start = 0;
        end = 0;
        use(Buffer.NONE);
    }

    /**
     * Waits until this many bytes have arrived. The array grows for them if necessary.
     *
     * @return false when the peer has ended the stream before
     */
    public boolean await(int count) throws IOException {
        while (available() < count) {
            if (!fill(count)) {
                return false;
            }
        }
        return true;
    }

    /** Whether {@link #fill(int)} with this limit has room for at least one byte. */
    public boolean hasRoom(int limit) {
        return available() < Math.max(limit, usualCapacity);
    }

    /** Forgets the oldest bytes. */
    public void consume(int count) {
        start += count;
    }

    /** Removes bytes from the middle; the bytes after them move up. */
    public void cut(int offset, int count) {
        System.arraycopy(bytes, start + offset + count, bytes, start + offset, end - start - offset - count);
        end -= count;
    }

    private void makeRoom(int limit) {
        if (end < bytes.length) {
            return;
        }
        if (start > 0) {
            System.arraycopy(bytes, start, bytes, 0, available());
            end -= start;
            start = 0;
            return;
        }
        int capacity = Math.min(Math.max(bytes.length * 2, usualCapacity), limit);
        if (capacity <= bytes.length) {
            throw new IllegalStateException("an inbox of " + capacity + " bytes is full");
        }
        Buffer larger = carrier.borrow(capacity);
        System.arraycopy(bytes, 0, larger.bytes(), 0, end);
        use(larger);
    }

    /** Replaces the present buffer, whose bytes are copied already or consumed. */
    private void use(Buffer next) {
        if (bytes.length > 0) {
            carrier.giveBack(buffer);
        }
        buffer = next;
        bytes = next.bytes();
    }
}
