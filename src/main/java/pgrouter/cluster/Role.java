package pgrouter.cluster;

import java.util.Locale;

/** The role that a node reports ({@code pg_is_in_recovery()}). */
public enum Role {
    PRIMARY,
    STANDBY,
    /** The node has not reported it yet. */
    UNKNOWN;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
