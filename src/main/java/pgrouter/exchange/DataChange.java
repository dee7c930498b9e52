package pgrouter.exchange;

/**
 * Whether the open transaction of a server connection has changed data, and whether the server has committed such a
 * change of which other sessions do not know yet. Guarded by the lock of the {@link Exchange}.
 */
final class DataChange {
    /** Whether the present request may change data although no command tag shows it. */
    private boolean unshown;

    /** Whether the open transaction may be acknowledged before its WAL is flushed. */
    private boolean asynchronous;

    private boolean underWay;
    private boolean untold;

    /**
     * @param writes whether the request that begins may change data although no command tag will show it
     * @param early whether its commit may be acknowledged before its WAL is flushed
     */
    void begin(boolean writes, boolean early) {
        unshown = writes;
        asynchronous = early || (asynchronous && underWay);
    }

    /** The rest of the request may let commits be acknowledged before their WAL is flushed. */
    void mayCommitEarly() {
        asynchronous = true;
    }

    /** The rest of the request may do so. */
    void mayHappen() {
        unshown = true;
    }

    /** A command that changes data is complete. Its transaction may still be open. */
    void happened() {
        underWay = true;
    }

    /** The server has committed, or may have. Its transaction may go on, or another one may have begun. */
    void committed() {
        underWay |= unshown;
        untold |= underWay;
    }

    /**
     * The server has answered a request of the client. A command that has failed may have committed before.
     *
     * @param status of the ReadyForQuery
     */
    void answered(byte status) {
        underWay |= unshown;
        if (status == 'I') {
            untold |= underWay;
            underWay = false;
        }
    }

    /** Whether there is a committed change that was not reported yet. */
    boolean take() {
        boolean news = untold;
        untold = false;
        return news;
    }

    /** Whether a change of the present request may be acknowledged before its WAL is flushed. */
    boolean isAsynchronous() {
        return asynchronous;
    }
}
