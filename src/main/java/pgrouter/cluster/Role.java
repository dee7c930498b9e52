package pgrouter.cluster;

import java.util.Locale;

/** What a node says it is ({@code pg_is_in_recovery()}). */
public enum Role {
    PRIMARY,
    STANDBY,
    /** The node has not said it yet. */
    UNKNOWN;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
