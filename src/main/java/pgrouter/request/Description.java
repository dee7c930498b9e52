package pgrouter.request;

import java.util.Arrays;

/**
 * The answer of Describe for a prepared statement, as far as a later server process must agree with it: the types of
 * the parameters, and of each result column the name, the type and its modifier ({@code RevalidateCachedQuery} in
 * plancache.c). The columns are kept as a digest. Immutable.
 */
public final class Description {
    /** A description that tells nothing. */
    public static final Description NONE = new Description(new int[0], false, 0, false);

    private final int[] parameters;
    private final boolean parametersTold;
    private final long columns;
    private final boolean columnsTold;

    private Description(int[] parameters, boolean parametersTold, long columns, boolean columnsTold) {
        this.parameters = parameters;
        this.parametersTold = parametersTold;
        this.columns = columns;
        this.columnsTold = columnsTold;
    }

    /** The description of a statement. The array is never changed. */
    static Description ofStatement(int[] parameters, long columns) {
        return new Description(parameters, true, columns, true);
    }

    /** The description of a portal, which does not tell the parameters. */
    public static Description ofPortal(long columns) {
        return new Description(NONE.parameters, false, columns, true);
    }

    /** Whether it tells anything that can be compared. */
    public boolean isTold() {
        return columnsTold;
    }

    boolean areParametersTold() {
        return parametersTold;
    }

    /** OIDs of types. */
    int[] parameters() {
        return parameters;
    }

    /** Whether nothing differs that both tell. */
    public boolean agreesWith(Description other) {
        boolean sameColumns = !columnsTold || !other.columnsTold || columns == other.columns;
        boolean sameParameters =
                !parametersTold || !other.parametersTold || Arrays.equals(parameters, other.parameters);
        return sameColumns && sameParameters;
    }

    /** Whether it has all that the other one tells. */
    boolean includes(Description other) {
        return agreesWith(other) && (columnsTold || !other.columnsTold) && (parametersTold || !other.parametersTold);
    }

    /** Both together; what the later one tells takes precedence. */
    Description and(Description later) {
        return later.parametersTold || !parametersTold
                ? later
                : new Description(parameters, true, later.columns, later.columnsTold);
    }
}
