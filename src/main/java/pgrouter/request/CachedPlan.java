package pgrouter.request;

import java.nio.charset.StandardCharsets;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageBuilder;

/**
 * A prepared statement whose result is not what the client was told. PostgreSQL refuses to execute it
 * ({@code RevalidateCachedQuery} in plancache.c). A server process to which pgrouter gives the statement later does not
 * know what was told, so pgrouter makes it fail where PostgreSQL would.
 */
public final class CachedPlan {
    private static final String SQL_STATE = "0A000";
    private static final String TEXT = "cached plan must not change result type";

    /** PostgreSQL's error for it, as the client gets it. */
    public static final ErrorResponse CHANGED = new ErrorResponse("ERROR", SQL_STATE, TEXT, "RevalidateCachedQuery");

    /** The dummy input function of a pseudo-type, which no client uses ({@code pseudotypes.c}). */
    private static final String FAILING_FUNCTION = "table_am_handler_in";

    private CachedPlan() {}

    /**
     * A Parse that fails, so that the server's transaction fails. It has a name, so that the unnamed statement lives
     * on. The text appears in the server's log.
     */
    public static byte[] failingParse() {
        return new MessageBuilder()
                .begin(FrontendTag.PARSE)
                .string("pgrouter")
                .string(TEXT)
                .int16(0)
                .finish()
                .toByteArray();
    }

    /** A text that any server can prepare, and that fails with {@link #isOfStandIn} when it is executed. */
    static byte[] standIn() {
        return ("SELECT pg_catalog." + FAILING_FUNCTION + "('" + TEXT + "')\0").getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether the error is that of a stand-in. */
    public static boolean isOfStandIn(ErrorResponse error) {
        return error.sqlState().equals(SQL_STATE) && error.routine().equals(FAILING_FUNCTION);
    }
}
