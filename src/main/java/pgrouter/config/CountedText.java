package pgrouter.config;

/**
 * A text that limits the steps of one search. Java's regular expressions try one alternative after the other, which may never end, and
 * a client chooses the text.
 */
public final class CountedText implements CharSequence {
    private final String text;
    private int left;

    /** @param steps the most calls of {@code charAt}, of some nanoseconds each */
    public CountedText(String text, int steps) {
        this.text = text;
        this.left = steps;
    }

    /** Says that the search was given up without a result. */
    public static final class TooCostly extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public TooCostly() {
            super("too many steps", null, false, false);
        }
    }

    /** @throws TooCostly after too many calls */
    @Override
    public char charAt(int index) {
        if (--left < 0) {
            throw new TooCostly();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
