package pgrouter.testing.history;

/** Something in a {@link History} that must not be, and which transactions show it. */
public record Anomaly(Kind kind, String description) {
    /**
     * The names that begin with G are Adya's.
     *
     * @see <a href="http://pmg.csail.mit.edu/papers/adya-phd.pdf">Weak Consistency: A Generalized Theory and Optimistic Implementations</a>
     */
    public enum Kind {
        /** An acknowledged append is not there, or rests on a list that an acknowledged one had replaced before. */
        LOST_UPDATE,
        /** G1a: what was read, or is there in the end, was rolled back. */
        ABORTED_READ,
        /** G1b: what was read is not the last of what its transaction appends. */
        INTERMEDIATE_READ,
        /** A list that was read is not how the last one begins, or has an element twice. */
        WRONG_ORDER,
        /** A transaction does not see its own append. */
        OWN_APPEND_UNSEEN,
        /** A transaction of REPEATABLE READ sees two lists of one key. */
        UNREPEATABLE_READ,
        /** A read does not have an append that was acknowledged before the read was sent. */
        STALE_READ,
        /** A read has less than another one, of any client, whose answer had come before this was sent. */
        BACKWARD_READ,
        /** A transaction that moved has written, and what it had read before was not the present any more at that time. */
        STALE_DECISION,
        /** The bank has more money, or less. */
        WRONG_SUM,
        /** A cycle of transactions each of which appends after another one. */
        G0,
        /** A cycle of transactions each of which appends after, or reads from, another one. */
        G1C,
        /** A cycle of those with one that has not seen what the next one appends: read skew, also lost update. */
        G_SINGLE
    }

    @Override
    public String toString() {
        return kind + ": " + description;
    }
}
