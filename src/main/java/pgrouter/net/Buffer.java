package pgrouter.net;

import java.nio.ByteBuffer;

/**
 * An array, and the view of it that channels take. Both are made once, since each request uses both.
 *
 * @param view of the whole array; its position and limit belong to the borrower of the buffer
 */
public record Buffer(byte[] bytes, ByteBuffer view) {
    public static final Buffer NONE = of(0);

    static Buffer of(int capacity) {
        byte[] bytes = new byte[capacity];
        return new Buffer(bytes, ByteBuffer.wrap(bytes));
    }

    int capacity() {
        return bytes.length;
    }
}
