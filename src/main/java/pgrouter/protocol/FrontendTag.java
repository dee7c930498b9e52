package pgrouter.protocol;

/** The first byte of each message that a client sends after startup, as PostgreSQL's {@code libpq/protocol.h} names it. */
public final class FrontendTag {
    public static final byte BIND = 'B';
    public static final byte CLOSE = 'C';
    public static final byte DESCRIBE = 'D';
    public static final byte EXECUTE = 'E';
    public static final byte FUNCTION_CALL = 'F';
    public static final byte FLUSH = 'H';
    public static final byte PARSE = 'P';
    public static final byte QUERY = 'Q';
    public static final byte SYNC = 'S';
    public static final byte TERMINATE = 'X';
    public static final byte COPY_DATA = 'd';
    public static final byte COPY_DONE = 'c';
    public static final byte COPY_FAIL = 'f';

    /** PasswordMessage, SASLInitialResponse and SASLResponse share one tag. The request that they answer distinguishes them. */
    public static final byte PASSWORD = 'p';

    /** {@code PQ_LARGE_MESSAGE_LIMIT} of libpq.h: one byte less than {@code MaxAllocSize}. */
    private static final int LARGE_MESSAGE_LIMIT = 0x3fffffff - 1;

    /** {@code PQ_SMALL_MESSAGE_LIMIT} of libpq.h. */
    private static final int SMALL_MESSAGE_LIMIT = 10_000;

    private FrontendTag() {}

    /**
     * The largest length field that PostgreSQL accepts for a message of this tag ({@code SocketBackend} in postgres.c).
     *
     * @return 0 where no client may send such a message after login
     */
    public static int maximumLength(byte tag) {
        return switch (tag) {
            case QUERY, FUNCTION_CALL, BIND, PARSE, COPY_DATA -> LARGE_MESSAGE_LIMIT;
            case CLOSE, DESCRIBE, EXECUTE, FLUSH, SYNC, TERMINATE, COPY_DONE, COPY_FAIL -> SMALL_MESSAGE_LIMIT;
            default -> 0;
        };
    }
}
