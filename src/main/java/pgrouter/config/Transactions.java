package pgrouter.config;

/** Where a transaction without an access mode begins. */
public enum Transactions {
    /** On the primary. */
    PRIMARY,
    /** On a standby, until it writes. */
    OPTIMISTIC
}
