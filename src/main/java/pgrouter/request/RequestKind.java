package pgrouter.request;

import pgrouter.routing.StateTraits;
import pgrouter.routing.Traits;

/**
 * The kind of a request: the traits of its texts and of its other messages, united, and the fingerprints of its texts.
 * Used again for each request. Client thread only.
 */
public final class RequestKind {
    private static final long OPENS = Traits.READ_ONLY_TRANSACTION | Traits.OPEN_TRANSACTION;

    /** The traits that do not matter to a request that only opens a transaction. */
    private static final long OF_ROUTE =
            Traits.FOR_WRITER | Traits.ONE_SNAPSHOT | Traits.HINT_READER | Traits.HINT_WRITER;

    private final Fingerprints fingerprints = new Fingerprints();
    private long traits;
    private StateTraits state = StateTraits.NONE;
    private boolean otherThanTexts;

    /** The traits of the first text. */
    private long first;

    void reset() {
        fingerprints.reset();
        traits = Traits.NONE;
        state = StateTraits.NONE;
        otherThanTexts = false;
        first = Traits.NONE;
    }

    /** Releases the memory that a request of many texts has needed. */
    void shrink() {
        fingerprints.shrink();
    }

    /** Adds a text. */
    void add(long ofText, StateTraits stateOfText, long fingerprint) {
        traits |= ofText;
        state = state.with(stateOfText);
        first = fingerprints.count() == 0 ? ofText : first;
        fingerprints.add(fingerprint);
    }

    /** Adds what shows otherwise than in a text. */
    void addOther(long more, StateTraits moreOfState) {
        traits |= more;
        state = state.with(moreOfState);
        otherThanTexts = true;
    }

    long traits() {
        return traits;
    }

    StateTraits state() {
        return state;
    }

    /** The fingerprints of its texts. */
    public Fingerprints fingerprints() {
        return fingerprints;
    }

    /** Whether it begins with the end of a transaction. */
    public boolean beginsWithEnd() {
        return Traits.has(first, Traits.ENDS_FIRST);
    }

    /** Whether it begins with the end of a transaction, and goes on after that. */
    public boolean goesOnAfterEnd() {
        return beginsWithEnd() && (fingerprints.count() > 1 || Traits.has(first, Traits.MULTIPLE));
    }

    /** Whether it is one statement, which begins a transaction. It changes nothing, and may be run twice. */
    public boolean isOnlyOpening() {
        long rest = traits & ~(OPENS | OF_ROUTE);
        return fingerprints.count() == 1 && Traits.has(traits, OPENS) && rest == Traits.NONE && state.isNone();
    }

    /**
     * Whether its first text begins a transaction that may begin on a standby and move to the primary, whatever comes
     * after that.
     */
    public boolean opensOptimistically() {
        return Traits.has(first, Traits.OPEN_TRANSACTION) && Traits.has(first, Traits.CONTROLS_TRANSACTION);
    }

    /** Whether it has one text, of one statement. */
    public boolean isOneStatement() {
        return fingerprints.count() == 1 && !Traits.has(traits, Traits.MULTIPLE);
    }

    /** Whether it is one statement, which shows a setting of pgrouter's own. */
    public boolean isOnlyOwnSetting() {
        return isOneStatement() && Traits.has(traits, Traits.SHOWS_OWN_SETTING);
    }

    /** Whether it is one text that does nothing but this: {@link StateTraits#RESETS} or {@link StateTraits#ASSIGNS}. */
    public boolean isOnly(StateTraits kind) {
        return state.has(kind) && fingerprints.count() == 1 && !otherThanTexts;
    }
}
