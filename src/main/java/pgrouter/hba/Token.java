package pgrouter.hba;

import pgrouter.config.Printable;

/**
 * One word of a record.
 *
 * @param quoted begins with a quote: it is no keyword, no {@code +role} and no {@code @file}, but may be a regular expression
 * @param offset where it begins on the line
 */
record Token(String text, boolean quoted, Line line, int offset) {
    /** Longer texts are cut: a problem is one line. */
    private static final int SHOWN = 60;

    boolean isKeyword(String keyword) {
        return !quoted && text.equals(keyword);
    }

    /** Stands for the words of another file. */
    boolean isFile() {
        return !quoted && text.length() > 1 && text.startsWith("@");
    }

    /** Stands for the members of a role. */
    boolean isRole() {
        return !quoted && text.startsWith("+");
    }

    boolean isRegex() {
        return text.startsWith("/");
    }

    Place place() {
        return line.place(offset);
    }

    /** What a problem says that was found. */
    String described() {
        return "`" + Printable.of(text, SHOWN) + "`";
    }
}
