package pgrouter.protocol;

import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of one message body in their order. One thread. It does not copy the array, so it is valid as long
 * as the array's content is. A body that ends too early, or a string without its zero byte, is a
 * {@link ProtocolException}.
 */
public final class MessageReader {
    private static final byte[] NOTHING = {};

    private byte[] bytes;
    private int end;
    private int position;

    public MessageReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    public MessageReader(byte[] body) {
        this(body, 0, body.length);
    }

    /** A reader without a message yet, for {@link #over}. */
    public MessageReader() {
        this(NOTHING);
    }

    /** Reads this body from now on. A reader that is used again allocates nothing. */
    public MessageReader over(byte[] array, int start, int until) {
        bytes = array;
        position = start;
        end = until;
        return this;
    }

    /** Drops the reference to the body: its array may be large. */
    public void forget() {
        over(NOTHING, 0, 0);
    }

    public int remaining() {
        return end - position;
    }

    /** Where the next field starts in the array. */
    public int position() {
        return position;
    }

    public byte int8() throws ProtocolException {
        need(1);
        return bytes[position++];
    }

    /** The next 16-bit number, unsigned. */
    public int int16() throws ProtocolException {
        return ((int8() & 0xff) << 8) | (int8() & 0xff);
    }

    public int int32() throws ProtocolException {
        need(4);
        int value = Bytes.int32(bytes, position);
        position += 4;
        return value;
    }

    public String string() throws ProtocolException {
        int zero = endOfString();
        String value = new String(bytes, position, zero - position, StandardCharsets.UTF_8);
        position = zero + 1;
        return value;
    }

    /** The next string. Where it equals the expected one, that one is returned, and no other is made. */
    public String string(String expected) throws ProtocolException {
        int zero = endOfString();
        if (zero - position != expected.length()) {
            return string();
        }
        for (int i = 0; i < expected.length(); i++) {
            if (bytes[position + i] != expected.charAt(i)) {
                return string();
            }
        }
        position = zero + 1;
        return expected;
    }

    /** Skips a string without making one. */
    public void skipString() throws ProtocolException {
        position = endOfString() + 1;
    }

    /** Skips this number of bytes. */
    public void skip(int length) throws ProtocolException {
        need(length);
        position += length;
    }

    public byte[] bytes(int length) throws ProtocolException {
        need(length);
        byte[] value = new byte[length];
        System.arraycopy(bytes, position, value, 0, length);
        position += length;
        return value;
    }

    private int endOfString() throws ProtocolException {
        for (int at = position; at < end; at++) {
            if (bytes[at] == 0) {
                return at;
            }
        }
        throw new ProtocolException("a string in the message has no terminator");
    }

    private void need(int length) throws ProtocolException {
        if (length < 0 || remaining() < length) {
            throw new ProtocolException("insufficient data left in the message");
        }
    }
}
