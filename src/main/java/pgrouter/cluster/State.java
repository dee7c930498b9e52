package pgrouter.cluster;

/** Whether a node can be used. */
public enum State {
    /** It answered the last probe. */
    OK,
    /** It runs, but does not take connections yet or any more (SQLSTATE 57P03). */
    STARTING,
    /** It did not answer the last probe, or refused it. */
    FAILED
}
