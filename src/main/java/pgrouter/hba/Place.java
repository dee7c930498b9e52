package pgrouter.hba;

/** A place in one of the files. Line and column count from 1, the column in characters. */
public record Place(String file, int line, int column) {
    /** The place of a rule that is in no file. */
    static final Place NOWHERE = new Place("", 0, 0);

    /** The file and the line, which a DBA looks for. */
    @Override
    public String toString() {
        return this.equals(NOWHERE) ? "no rule" : file + ":" + line;
    }
}
