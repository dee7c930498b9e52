package pgrouter.config;

/** A problem of a file that a DBA wrote. Line and column count from 1, the column in characters. */
public record Problem(String file, int line, int column, String message) {
    @Override
    public String toString() {
        return file + ":" + line + ":" + column + ": " + message;
    }
}
