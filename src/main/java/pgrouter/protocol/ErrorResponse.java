package pgrouter.protocol;

/**
 * An ErrorResponse that pgrouter sends to a client, or reads from a backend. The fields have the order in which
 * PostgreSQL writes them ({@code send_message_to_frontend} in elog.c): S, V and C come before anything of unbounded
 * length.
 *
 * @param severity ERROR, FATAL or PANIC, not translated (field V)
 * @param sqlState five characters (field C)
 * @param message the primary message (field M)
 * @param routine of PostgreSQL's source that reports it (field R), never translated; empty where it is not known
 */
public record ErrorResponse(String severity, String sqlState, String message, String routine) {
    private static final String UNKNOWN = "XXXXX";

    public static ErrorResponse error(String sqlState, String message) {
        return new ErrorResponse("ERROR", sqlState, message, "");
    }

    public static ErrorResponse fatal(String sqlState, String message) {
        return new ErrorResponse("FATAL", sqlState, message, "");
    }

    /** Whether the server ends the connection with this error. */
    public boolean endsConnection() {
        return !severity.equals("ERROR");
    }

    public byte[] encode() {
        MessageBuilder builder = new MessageBuilder().begin(BackendTag.ERROR_RESPONSE);
        builder.int8('S').string(severity).int8('V').string(severity);
        builder.int8('C').string(sqlState).int8('M').string(message);
        if (!routine.isEmpty()) {
            builder.int8('R').string(routine);
        }
        return builder.int8(0).finish().toByteArray();
    }

    /**
     * Reads as many of the fields as there are. A body that is cut off after its first fields, or one of a server
     * older than 9.6 (no field V), still gives severity and SQLSTATE.
     */
    public static ErrorResponse decode(byte[] bytes, int start, int end) {
        String localized = "ERROR";
        String severity = "";
        String sqlState = UNKNOWN;
        String message = "";
        String routine = "";
        MessageReader reader = new MessageReader(bytes, start, end);
        try {
            for (byte field = reader.int8(); field != 0; field = reader.int8()) {
                switch (field) {
                    case 'S' -> localized = reader.string();
                    case 'V' -> severity = reader.string();
                    case 'C' -> sqlState = reader.string();
                    case 'M' -> message = reader.string();
                    case 'R' -> routine = reader.string();
                    default -> reader.skipString();
                }
            }
        } catch (ProtocolException cutOff) {
            // The fields before the cut are enough.
        }
        return new ErrorResponse(severity.isEmpty() ? localized : severity, sqlState, message, routine);
    }
}
