package pgrouter.config;

/**
 * Text whose letters may be looked at only so often. Java's regular expressions try alternatives one after the other, which may take
 * them for ever, and a client chooses the text. For one search.
 */
public final class CountedText implements CharSequence {
    private final String text;
    private int left;

    /** @param steps how many looks there are: some nanoseconds each */
    public CountedText(String text, int steps) {
        this.text = text;
        this.left = steps;
    }

    /** The search was given up: nobody knows whether it would have found anything. */
    public static final class TooCostly extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public TooCostly() {
            super("too many steps", null, false, false);
        }
    }

    /** @throws TooCostly where it was looked too often */
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
