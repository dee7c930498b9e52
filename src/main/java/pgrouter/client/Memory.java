package pgrouter.client;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/**
 * The bytes of the heap that clients have pgrouter keep from one request to the next: prepared statements, settings
 * and their names. They are counted where they are taken, and given back where they are given up. A session may have
 * a limited amount, and never more than a part of the free rest. So a few large sessions leave room for many small
 * ones, and a session that needs little always has room. Any thread.
 */
public final class Memory {
    /** The part of the heap for what sessions keep. The rest is for requests, replies, catalogs and the garbage collector. */
    private static final int SHARE = 3;

    /** The part of the free rest that a session may have. */
    private static final int PART = 4;

    /** The bytes that a session may always have: PostgreSQL itself limits the number of sessions ({@code max_connections}). */
    private static final long SMALL = 32 * 1024;

    private static final long ENDED = Long.MIN_VALUE;

    /** The bytes of a reference in a collection, an object's header and its fields; rather too much than too little. */
    public static final int OVERHEAD = 80;

    private final long limit;
    private final LongSupplier ofSession;
    private final AtomicLong taken = new AtomicLong();

    /**
     * @param limit of all sessions together, in bytes
     * @param ofSession of each session, in bytes; asked each time
     */
    public Memory(long limit, LongSupplier ofSession) {
        this.limit = limit;
        this.ofSession = ofSession;
    }

    /** Returns a part of the Java heap. */
    public static Memory ofHeap(LongSupplier ofSession) {
        return new Memory(Runtime.getRuntime().maxMemory() / SHARE, ofSession);
    }

    /** Returns a memory without a limit. */
    public static Memory unlimited() {
        return new Memory(Long.MAX_VALUE, () -> Long.MAX_VALUE);
    }

    /** The bytes of all sessions at present. */
    public long taken() {
        return taken.get();
    }

    /** Begins the part of one more session. */
    public OfSession begin() {
        return new OfSession();
    }

    /** The bytes of a string of a name or a value. */
    public static long of(String text) {
        return OVERHEAD + 2L * text.length();
    }

    /** The bytes of a collection of them. */
    public static long of(Collection<String> texts) {
        long bytes = 0;
        for (String text : texts) {
            bytes += of(text);
        }
        return bytes;
    }

    /** The part of one session. */
    public final class OfSession {
        private final AtomicLong own = new AtomicLong();

        /** The bytes of the session at present. */
        long taken() {
            return own.get();
        }

        /** Takes so much more, or gives it back where it is negative. A caller that comes after the end takes nothing. */
        public void take(long more) {
            if (more != 0 && own.getAndUpdate(now -> now == ENDED ? ENDED : now + more) != ENDED) {
                taken.addAndGet(more);
            }
        }

        /** Ends the session's part. Called once. */
        public void end() {
            taken.addAndGet(-own.getAndSet(ENDED));
        }

        /** Whether there is room for this many bytes more. */
        public boolean fits(long more) {
            long wanted = own.get() + more;
            return wanted <= SMALL || (wanted <= ofSession.getAsLong() && wanted <= part());
        }

        private long part() {
            return (limit - taken.get()) / PART;
        }

        /** Returns the error for a client whose session has no room for so many bytes more; empty where it has. */
        public Optional<ErrorResponse> error(long more) {
            if (fits(more)) {
                return Optional.empty();
            }
            return Optional.of(own.get() + more <= ofSession.getAsLong() ? ofAll() : excess());
        }

        /** Returns the error of a session that wants more than it may have. */
        public ErrorResponse excess() {
            return ErrorResponse.error(
                    SqlState.PROGRAM_LIMIT_EXCEEDED,
                    "prepared statements and settings of a session must not exceed " + ofSession.getAsLong()
                            + " bytes (clients { memory })");
        }

        private ErrorResponse ofAll() {
            return ErrorResponse.error(
                    SqlState.OUT_OF_MEMORY,
                    "out of memory: prepared statements and settings of a session must not exceed a quarter of what all"
                            + " sessions leave of " + limit + " bytes");
        }
    }
}
