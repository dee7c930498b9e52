package pgrouter.tls;

import java.io.ByteArrayOutputStream;
import java.security.spec.InvalidKeySpecException;
import java.util.Arrays;

/**
 * The part of DER (X.690) that is needed to read a private key and to wrap one: elements of a tag of one byte, a
 * definite length and a content. It reads one element after the other. One use, one thread.
 */
final class Der {
    static final int INTEGER = 0x02;
    static final int OCTET_STRING = 0x04;
    static final int NULL = 0x05;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int SEQUENCE = 0x30;

    /** The first optional element of a sequence: {@code [0]}. */
    static final int CONTEXT_0 = 0xa0;

    private final byte[] bytes;
    private final int end;
    private int position;

    Der(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private Der(byte[] bytes, int position, int end) {
        this.bytes = bytes;
        this.position = position;
        this.end = end;
    }

    boolean isNext(int tag) {
        return position < end && (bytes[position] & 0xff) == tag;
    }

    /** Skips the next element. */
    void skip(int tag) throws InvalidKeySpecException {
        enter(tag);
    }

    /** The content of the next element, which is skipped. */
    Der enter(int tag) throws InvalidKeySpecException {
        if (!isNext(tag)) {
            throw malformed();
        }
        position++;
        int length = length();
        if (length > end - position) {
            throw malformed();
        }
        Der content = new Der(bytes, position, position + length);
        position += length;
        return content;
    }

    /** The remaining bytes. */
    byte[] rest() {
        return Arrays.copyOfRange(bytes, position, end);
    }

    /** Reads a length: one byte below 128, otherwise the number of the bytes that follow and contain it. */
    private int length() throws InvalidKeySpecException {
        int first = next();
        if (first < 0x80) {
            return first;
        }
        if (first < 0x81 || first > 0x83) {
            throw malformed();
        }
        int length = 0;
        for (int left = first & 0x7f; left > 0; left--) {
            length = length << 8 | next();
        }
        return length;
    }

    private int next() throws InvalidKeySpecException {
        if (position == end) {
            throw malformed();
        }
        return bytes[position++] & 0xff;
    }

    private static InvalidKeySpecException malformed() {
        return new InvalidKeySpecException("not the DER that was expected");
    }

    /** An element of these parts. */
    static byte[] element(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        writeLength(content.size(), element);
        element.writeBytes(content.toByteArray());
        return element.toByteArray();
    }

    private static void writeLength(int length, ByteArrayOutputStream out) {
        if (length < 0x80) {
            out.write(length);
            return;
        }
        int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
        out.write(0x80 | bytes);
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            out.write(length >>> shift);
        }
    }
}
