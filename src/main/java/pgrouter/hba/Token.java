package pgrouter.hba;

import pgrouter.config.Printable;

/**
 * One word of a record.
 *
 * @param quoted whether it begins with a quote: then it is no keyword, no {@code +role} and no {@code @file}, but may
 *     be a regular expression
 * @param offset the position at which it begins on the line
 */
record Token(String text, boolean quoted, Line line, int offset) {
    /** Longer texts are cut: a problem is one line. */
    private static final int SHOWN = 60;

    boolean isKeyword(String keyword) {
        return !quoted && text.equals(keyword);
    }

    /** Whether it stands for the words of another file. */
    boolean isFile() {
        return !quoted && text.length() > 1 && text.startsWith("@");
    }

    /** Whether it stands for the members of a role. */
    boolean isRole() {
        return !quoted && text.startsWith("+");
    }

    boolean isRegex() {
        return text.startsWith("/");
    }

    Place place() {
        return line.place(offset);
    }

    /** The description of the token as found, for a problem. */
    String described() {
        return "`" + Printable.of(text, SHOWN) + "`";
    }
}
