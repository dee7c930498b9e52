package pgrouter.exchange;

/**
 * The digest of the replies to the requests of a transaction so far. Immutable.
 *
 * @param whole of all that the client has seen
 * @param course of the errors and the states of the transaction alone
 * @param suspended whether a portal has given a part of its rows: what comes next depends on their order
 */
public record Digest(long whole, long course, boolean suspended) {
    /** Of no reply. */
    public static final Digest NONE = new Digest(0, 0, false);
}
