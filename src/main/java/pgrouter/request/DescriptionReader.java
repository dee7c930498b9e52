package pgrouter.request;

import pgrouter.protocol.BackendTag;

/**
 * Reads the answer of Describe, in pieces of any size: the RowDescription of a wide table is larger than the part of a
 * reply that is kept. Guarded by the relay's lock.
 */
public final class DescriptionReader {
    /** Tag and length of a message, and a 16-bit count. */
    private static final int HEADER = 5;

    private static final int COUNT_END = HEADER + 2;

    /** The part of a column after its name: table, attribute, type, size of the type, modifier, format. */
    private static final int FIXED = 18;

    private static final int TYPE = 6;
    private static final int TYPE_END = 10;
    private static final int MODIFIER = 12;
    private static final int MODIFIER_END = 16;

    /** FNV-1a. */
    private static final long OFFSET_BASIS = 0xcbf29ce484222325L;

    private static final long PRIME = 0x100000001b3L;

    /** The digest of no result, which PostgreSQL distinguishes from a result without columns. */
    private static final long NO_DATA = 0;

    private byte tag;
    private int at;
    private int count;
    private int[] parameters = Description.NONE.parameters();
    private boolean parametersTold;
    private int fixedLeft;
    private long digest;

    /** A message of the answer begins. */
    public void begin(byte messageTag) {
        tag = messageTag;
        at = 0;
        count = 0;
        fixedLeft = 0;
        digest = messageTag == BackendTag.NO_DATA ? NO_DATA : OFFSET_BASIS;
        if (messageTag == BackendTag.PARAMETER_DESCRIPTION) {
            parametersTold = true;
            parameters = Description.NONE.parameters();
        }
    }

    /** The next piece of the message, from its tag on. */
    public void read(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            read(bytes[i]);
        }
    }

    private void read(byte next) {
        if (at >= COUNT_END) {
            body(next);
        } else if (at >= HEADER) {
            count = (count << 8) | (next & 0xff);
        }
        at++;
        if (at == COUNT_END && tag == BackendTag.PARAMETER_DESCRIPTION) {
            parameters = new int[count];
        }
    }

    private void body(byte next) {
        if (tag == BackendTag.PARAMETER_DESCRIPTION) {
            parameter(next);
        } else if (fixedLeft == 0) {
            digest(next);
            fixedLeft = next == 0 ? FIXED : 0;
        } else {
            int place = FIXED - fixedLeft;
            fixedLeft--;
            if (isCompared(place)) {
                digest(next);
            }
        }
    }

    /** Takes a byte of the parameters; bytes beyond their announced number are ignored. */
    private void parameter(byte next) {
        int index = (at - COUNT_END) / Integer.BYTES;
        if (index < parameters.length) {
            parameters[index] = (parameters[index] << 8) | (next & 0xff);
        }
    }

    private static boolean isCompared(int place) {
        return (place >= TYPE && place < TYPE_END) || (place >= MODIFIER && place < MODIFIER_END);
    }

    private void digest(byte next) {
        digest = (digest ^ (next & 0xff)) * PRIME;
    }

    /** Whether the message is the last of the answer. */
    public boolean isOfResult() {
        return tag != BackendTag.PARAMETER_DESCRIPTION;
    }

    /** Drops what was read: an error has cut the answer off. */
    public void forget() {
        parametersTold = false;
    }

    /** Returns the description when the answer has ended. */
    public Description end() {
        Description description =
                parametersTold ? Description.ofStatement(parameters, digest) : Description.ofPortal(digest);
        parametersTold = false;
        return description;
    }
}
