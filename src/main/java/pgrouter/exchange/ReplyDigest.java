package pgrouter.exchange;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.BitSet;
import java.util.Optional;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/**
 * Makes the {@link Digest} of the replies to the client's requests of a transaction, by which two runs of it are
 * compared. The order of the rows counts for requests that order them; the order of everything else counts always. Of
 * an error only the SQLSTATE counts, since its words depend on the server. Notices, reports of parameters and answers
 * to pgrouter's own messages do not count. It is seeded at random, so that nobody can make results of equal digests.
 * Part of an {@link Exchange}, and guarded by its lock.
 */
final class ReplyDigest {
    private static final long SEED = new SecureRandom().nextLong();
    private static final long FIRST_FACTOR = 0x9e3779b97f4a7c15L;
    private static final long SECOND_FACTOR = 0xbf58476d1ce4e5b9L;
    /** Nobody changes it. */
    private static final BitSet NONE = new BitSet(0);

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private boolean wanted;

    /** The numbers of the requests that order their rows. */
    private BitSet ordered = NONE;

    private int request;
    private boolean reading;
    private boolean isRow;

    /** Of the replies that have ended. */
    private long ended;

    private long course;
    private boolean suspended;
    private Optional<ErrorResponse> interruption = Optional.empty();

    /** Of the present reply: its messages but for the rows of the result that has not ended. */
    private long messages;

    /** The sum of the digests of these rows; their digest in their order where that counts. */
    private long rows;

    /** Of the present message, as far as it has come. */
    private long message;

    /** The bytes of it that do not fill a long yet. */
    private long rest;

    private int restLength;

    /** The next requests need no digest. */
    void off() {
        wanted = false;
        reading = false;
    }

    /**
     * @param before the digest of the requests before
     * @param inOrder the numbers of those of the next requests that order their rows
     */
    void begin(Digest before, BitSet inOrder) {
        wanted = true;
        reading = false;
        ordered = inOrder;
        request = 0;
        ended = before.whole();
        course = before.course();
        suspended = before.suspended();
        interruption = Optional.empty();
        messages = 0;
        rows = 0;
    }

    /** A message begins that answers one of the client's. Its bytes follow, with its header. */
    void begins(byte tag) {
        if (!wanted) {
            return;
        }
        reading = true;
        isRow = tag == BackendTag.DATA_ROW;
        suspended |= tag == BackendTag.PORTAL_SUSPENDED;
        message = SEED;
        rest = 0;
        restLength = 0;
        if (!isRow) {
            closeRows();
        }
    }

    private void closeRows() {
        messages = mix(messages, rows);
        rows = 0;
    }

    /** Whether the bytes of the present message count. */
    boolean isReading() {
        return reading;
    }

    /** @param last whether the message ends with this piece */
    void read(byte[] bytes, int offset, int length, boolean last) {
        int at = offset;
        int end = offset + length;
        while (restLength > 0 && at < end) {
            add(bytes[at++]);
        }
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            message = mix(message, (long) LONGS.get(bytes, at));
        }
        while (at < end) {
            add(bytes[at++]);
        }
        if (last) {
            endsMessage();
        }
    }

    private void add(byte next) {
        rest |= (next & 0xffL) << (Byte.SIZE * restLength);
        restLength++;
        if (restLength == Long.BYTES) {
            message = mix(message, rest);
            rest = 0;
            restLength = 0;
        }
    }

    private void endsMessage() {
        reading = false;
        long whole = mix(mix(message, rest), restLength);
        if (isRow) {
            rows = ordered.get(request) ? mix(rows, whole) : rows + whole;
        } else {
            messages = mix(messages, whole);
        }
    }

    /** Notes an error. */
    void fails(ErrorResponse error) {
        if (wanted) {
            closeRows();
            messages = mix(messages, error.sqlState().hashCode());
            course = mix(course, error.sqlState().hashCode());
            interruption = interruption.or(() -> Optional.of(error).filter(ReplyDigest::isInterruption));
        }
    }

    /** Whether an error says nothing about the data: a statement was cancelled, or the server was out of something. */
    static boolean isInterruption(ErrorResponse error) {
        return switch (error.sqlState()) {
            case SqlState.QUERY_CANCELED, "55P03", "40P01" -> true;
            default -> error.sqlState().startsWith("53") || error.sqlState().startsWith("58");
        };
    }

    /** Notes the end of a reply, with the status of the transaction. */
    void ends(byte status) {
        if (wanted) {
            closeRows();
            ended = mix(ended, mix(messages, status));
            course = mix(course, status);
            messages = 0;
            request++;
        }
    }

    /** The digest of all replies so far. */
    Digest value() {
        boolean isBetweenReplies = messages == 0 && rows == 0;
        return new Digest(isBetweenReplies ? ended : mix(mix(ended, messages), rows), course, suspended);
    }

    /** Returns the first error that says nothing about the data. */
    Optional<ErrorResponse> interruption() {
        return interruption;
    }

    /** {@code splitmix64}: each bit of both counts. */
    private static long mix(long before, long next) {
        long mixed = (before ^ next) * FIRST_FACTOR;
        mixed = (mixed ^ (mixed >>> 30)) * SECOND_FACTOR;
        mixed = (mixed ^ (mixed >>> 27)) * FIRST_FACTOR;
        return (mixed ^ (mixed >>> 31)) + before;
    }
}
