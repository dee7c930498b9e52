package pgrouter.config;

/** Which writes a read must see. */
public enum Consistency {
    /** None in particular: what the standby has. */
    EVENTUAL,
    /** Those of the same session. */
    SESSION,
    /** Those of all sessions of this pgrouter. */
    CLUSTER,
    /** All that were committed on the primary before the read was sent, through whatever. */
    STRICT
}
