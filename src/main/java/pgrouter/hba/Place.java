package pgrouter.hba;

/** Where something stands in one of the files. Line and column count from 1, the column in characters. */
public record Place(String file, int line, int column) {
    /** Where no file says anything. */
    static final Place NOWHERE = new Place("", 0, 0);

    /** What a DBA looks for: file and line. */
    @Override
    public String toString() {
        return this.equals(NOWHERE) ? "no rule" : file + ":" + line;
    }
}
