package pgrouter.request;

import java.util.Arrays;

/**
 * What Describe has told of a prepared statement, as far as a later server process must agree with it: the types of its parameters,
 * and of each result column the name, the type and its modifier ({@code RevalidateCachedQuery} in plancache.c). The columns are kept
 * as a digest. Immutable.
 */
public final class Description {
    /** Nothing was told. */
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

    /** Of a statement. Nobody changes the array. */
    static Description ofStatement(int[] parameters, long columns) {
        return new Description(parameters, true, columns, true);
    }

    /** Of a portal: parameters are not told. */
    public static Description ofPortal(long columns) {
        return new Description(NONE.parameters, false, columns, true);
    }

    /** Whether there is anything to compare with. */
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

    /** Whether nothing that both were told differs. */
    public boolean agreesWith(Description other) {
        boolean sameColumns = !columnsTold || !other.columnsTold || columns == other.columns;
        boolean sameParameters =
                !parametersTold || !other.parametersTold || Arrays.equals(parameters, other.parameters);
        return sameColumns && sameParameters;
    }

    /** Whether all that the other tells is known here. */
    boolean includes(Description other) {
        return agreesWith(other) && (columnsTold || !other.columnsTold) && (parametersTold || !other.parametersTold);
    }

    /** Both together; what the later one tells counts. */
    Description and(Description later) {
        return later.parametersTold || !parametersTold
                ? later
                : new Description(parameters, true, later.columns, later.columnsTold);
    }
}
