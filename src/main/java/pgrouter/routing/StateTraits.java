package pgrouter.routing;

/**
 * The possible effects of the text of a request on the state of its session, united over its statements. {@link Traits}
 * has what matters for its route. Immutable. Any thread. A set is made only where two sets are united of which neither
 * has all of the other: the usual request, which has {@link #NONE}, allocates nothing.
 */
public final class StateTraits {
    public static final StateTraits NONE = new StateTraits(0);

    /** It may have changed parameters, whose names are known. */
    public static final StateTraits SETTINGS = new StateTraits(1);

    /** It may have changed any parameter: RESET ALL and DISCARD ALL. */
    public static final StateTraits ALL_SETTINGS = new StateTraits(1 << 1);

    /** It may have made or dropped prepared statements by SQL. */
    public static final StateTraits STATEMENTS = new StateTraits(1 << 2);

    /** It may have made or dropped temporary objects. */
    public static final StateTraits TEMPORARY = new StateTraits(1 << 3);

    /** It may have taken or released advisory locks. */
    public static final StateTraits ADVISORY = new StateTraits(1 << 4);

    /** It may have begun or ended to listen. */
    public static final StateTraits LISTENS = new StateTraits(1 << 5);

    /** It may have opened or closed a cursor that outlives its transaction. */
    public static final StateTraits HOLDS = new StateTraits(1 << 6);

    /** It loads a library into the server's process. */
    public static final StateTraits LOADS = new StateTraits(1 << 7);

    /** It seeds the random numbers of the session. */
    public static final StateTraits SEEDS = new StateTraits(1 << 8);

    /** It may have changed the session in a way about which the server cannot be asked. */
    public static final StateTraits UNKNOWN = new StateTraits(1 << 9);

    /** It may remove what has kept the session on the writer: CLOSE and DROP. */
    public static final StateTraits CLOSES = new StateTraits(1 << 10);

    /**
     * It sets parameters for its transaction only. A parameter with a dot in its name exists from then on, with an
     * empty value if it had none.
     */
    public static final StateTraits LOCAL_SETTINGS = new StateTraits(1 << 11);

    /** It sets parameters for its transaction only, whatever their names are. */
    public static final StateTraits SETS_LOCALLY = new StateTraits(1 << 12);

    /** It calls a function of which nothing is known, and which may set a parameter: {@link Traits#UNKNOWN_FUNCTION}. */
    public static final StateTraits UNKNOWN_FUNCTION = new StateTraits(1 << 13);

    /**
     * It may leave in the server's process what DISCARD ALL does not remove and about which the server cannot be asked:
     * a parameter with a dot in its name, which no text shows, or data that the functions of a language keep for each
     * other.
     */
    public static final StateTraits LEAVES = new StateTraits(1 << 14);

    /** It only resets the session, by statements that are known ({@link SessionCommands}). */
    public static final StateTraits RESETS = new StateTraits(1 << 15);

    /** It makes the session forget the values that it has drawn from sequences. */
    public static final StateTraits FORGETS_SEQUENCES = new StateTraits(1 << 16);

    /** It only sets parameters for the session, to values in its text. */
    public static final StateTraits ASSIGNS = new StateTraits(1 << 17);

    /** It sets them by a function, which may be another one than it seems. */
    public static final StateTraits ASSIGNS_BY_CALL = new StateTraits(1 << 18);

    /** It may have changed parameters. */
    public static final StateTraits PARAMETERS = SETTINGS.with(ALL_SETTINGS);

    /** It may change the state of the session on the server in a way that only the process where it runs has. */
    public static final StateTraits OF_PROCESS = TEMPORARY
            .with(ADVISORY)
            .with(LISTENS)
            .with(HOLDS)
            .with(LOADS)
            .with(SEEDS)
            .with(UNKNOWN);

    /** It may change the state of the session on the server. */
    public static final StateTraits CHANGES = PARAMETERS.with(STATEMENTS).with(OF_PROCESS);

    /** It may set a parameter that no text names. */
    public static final StateTraits SETS_ANY = UNKNOWN.with(UNKNOWN_FUNCTION).with(LEAVES);

    /** The server may report a parameter that it has set, at once or at the end of its transaction. */
    public static final StateTraits MAY_REPORT =
            PARAMETERS.with(LOCAL_SETTINGS).with(SETS_LOCALLY).with(UNKNOWN).with(UNKNOWN_FUNCTION);

    /** It may change the schemas in which names are looked for: by a parameter, or in a text that pgrouter does not see. */
    public static final StateTraits MAY_MOVE = MAY_REPORT.with(LEAVES);

    private final int bits;

    private StateTraits(int bits) {
        this.bits = bits;
    }

    public boolean isNone() {
        return bits == 0;
    }

    /** Whether the two sets have a trait in common. */
    public boolean has(StateTraits any) {
        return (bits & any.bits) != 0;
    }

    /** The traits of both sets. */
    public StateTraits with(StateTraits more) {
        return of(bits | more.bits, this, more);
    }

    /** The traits of this set that the other one does not have. */
    public StateTraits without(StateTraits other) {
        return of(bits & ~other.bits, this, NONE);
    }

    /** The traits that both sets have. */
    public StateTraits only(StateTraits other) {
        return of(bits & other.bits, this, other);
    }

    /** Returns one of two sets where it has these bits. */
    private static StateTraits of(int bits, StateTraits one, StateTraits other) {
        if (bits == one.bits) {
            return one;
        }
        return bits == other.bits ? other : new StateTraits(bits);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StateTraits traits && traits.bits == bits;
    }

    @Override
    public int hashCode() {
        return bits;
    }

    @Override
    public String toString() {
        return Integer.toBinaryString(bits);
    }
}
