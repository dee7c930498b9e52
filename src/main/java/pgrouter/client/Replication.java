package pgrouter.client;

import java.util.Locale;

/** The kind of replication that a startup message asks for ({@code ProcessStartupPacket} in backend_startup.c). */
public enum Replication {
    NONE,
    /** Of the one database to which the connection is. */
    LOGICAL,
    /** Of the whole cluster. */
    PHYSICAL;

    /** "database", or a true boolean as {@code parse_bool} in bool.c takes it: any beginning of "true" and "yes" too. */
    public static Replication of(String value) {
        String word = value.toLowerCase(Locale.ROOT);
        if (word.equals("database")) {
            return LOGICAL;
        }
        boolean isTrue = !word.isEmpty() && ("true".startsWith(word) || "yes".startsWith(word));
        return isTrue || word.equals("on") || word.equals("1") ? PHYSICAL : NONE;
    }
}
