package pgrouter.client;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/**
 * The bytes of the heap that clients have pgrouter keep from one request to the next: prepared statements, settings and their names. It is counted
 * where it is taken and given back where it is given up. A session may have so much, and never more than a part of what is left for all
 * others: so few of them leave room for many that need less, and one that needs little has always room. Any thread.
 */
public final class Memory {
    /** This part of the heap is for what sessions keep. The rest is for requests, replies, catalogs and the collector of garbage. */
    private static final int SHARE = 3;

    /** A session may have this part of what nobody has. */
    private static final int PART = 4;

    /** A session may always have as many bytes as this: how many sessions there are PostgreSQL itself limits ({@code max_connections}). */
    private static final long SMALL = 32 * 1024;

    private static final long ENDED = Long.MIN_VALUE;

    /** A reference in a collection, an object's header and what it refers to, in bytes; rather too much than too little. */
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

    /** A part of the Java heap. */
    public static Memory ofHeap(LongSupplier ofSession) {
        return new Memory(Runtime.getRuntime().maxMemory() / SHARE, ofSession);
    }

    /** Without a limit. */
    public static Memory unlimited() {
        return new Memory(Long.MAX_VALUE, () -> Long.MAX_VALUE);
    }

    /** What all sessions have at present, in bytes. */
    public long taken() {
        return taken.get();
    }

    /** The part of one more session. */
    public OfSession begin() {
        return new OfSession();
    }

    /** What a string of a name or a value needs. */
    public static long of(String text) {
        return OVERHEAD + 2L * text.length();
    }

    /** What a collection of them needs. */
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

        /** What it has at present, in bytes. */
        long taken() {
            return own.get();
        }

        /** Takes so much more, or gives it back where it is negative. Who comes after the end takes nothing. */
        public void take(long more) {
            if (more != 0 && own.getAndUpdate(now -> now == ENDED ? ENDED : now + more) != ENDED) {
                taken.addAndGet(more);
            }
        }

        /** The session has ended. Once. */
        public void end() {
            taken.addAndGet(-own.getAndSet(ENDED));
        }

        /** Whether there is room for so many bytes more. */
        public boolean fits(long more) {
            long wanted = own.get() + more;
            return wanted <= SMALL || (wanted <= ofSession.getAsLong() && wanted <= part());
        }

        private long part() {
            return (limit - taken.get()) / PART;
        }

        /** The error that a client gets for whom there is no room for so many bytes more; empty where there is. */
        public Optional<ErrorResponse> error(long more) {
            if (fits(more)) {
                return Optional.empty();
            }
            return Optional.of(own.get() + more <= ofSession.getAsLong() ? ofAll() : excess());
        }

        /** The error of a session that wants more than it may have. */
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
