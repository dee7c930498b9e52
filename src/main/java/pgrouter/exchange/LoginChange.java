package pgrouter.exchange;

/**
 * Whether a server connection has changed roles, databases or their settings. Other parts hear of it when its command
 * is complete, since some commands commit by themselves, and again when its transaction ends. Guarded by the lock of
 * the {@link Exchange}.
 */
public final class LoginChange {
    private boolean underWay;
    private boolean untold;

    /** A command that may change them is complete. */
    void happened() {
        underWay = true;
        untold = true;
    }

    /** A transaction has ended, and another one may have begun. */
    void committed() {
        untold |= underWay;
    }

    /** No transaction is open any more. */
    void ended() {
        committed();
        underWay = false;
    }

    /** Whether there is a change that was not reported yet. */
    boolean take() {
        boolean news = untold;
        untold = false;
        return news;
    }
}
