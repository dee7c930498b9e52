package pgrouter.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes messages one after the other into a growing array. Fills in the length field of each when it ends. One
 * thread at a time. All numbers are big-endian, all strings UTF-8.
 */
public final class MessageBuilder {
    private static final byte[] NOTHING = {};
    private static final int FIRST_CAPACITY = 256;

    private byte[] bytes = NOTHING;
    private int end;
    private int lengthAt = -1;

    /** Begins a message with its tag; the fields follow, then {@link #finish()}. */
    public MessageBuilder begin(byte tag) {
        int8(tag);
        return beginUntagged();
    }

    /** Begins a message without a tag, as those of the startup phase are. */
    public MessageBuilder beginUntagged() {
        lengthAt = end;
        return int32(0);
    }

    /** Fills in the length of the message that was begun last. */
    public MessageBuilder finish() {
        put32(lengthAt, end - lengthAt);
        return this;
    }

    public MessageBuilder int8(int value) {
        room(1);
        bytes[end++] = (byte) value;
        return this;
    }

    public MessageBuilder int16(int value) {
        return int8(value >> 8).int8(value);
    }

    public MessageBuilder int32(int value) {
        room(4);
        put32(end, value);
        end += 4;
        return this;
    }

    /** Writes a string and the zero byte after it. */
    public MessageBuilder string(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8)).int8(0);
    }

    public MessageBuilder bytes(byte[] value) {
        return bytes(value, 0, value.length);
    }

    public MessageBuilder bytes(byte[] value, int offset, int length) {
        room(length);
        System.arraycopy(value, offset, bytes, end, length);
        end += length;
        return this;
    }

    /** The length of all that was written so far, in bytes. */
    public int length() {
        return end;
    }

    public boolean isEmpty() {
        return end == 0;
    }

    /** A copy of all that was written so far. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, end);
    }

    private void put32(int at, int value) {
        bytes[at] = (byte) (value >> 24);
        bytes[at + 1] = (byte) (value >> 16);
        bytes[at + 2] = (byte) (value >> 8);
        bytes[at + 3] = (byte) value;
    }

    private void room(int more) {
        if (bytes.length - end < more) {
            int doubled = Math.max(bytes.length * 2, FIRST_CAPACITY);
            bytes = Arrays.copyOf(bytes, Math.max(doubled, Math.addExact(end, more)));
        }
    }
}
