package pgrouter.hba;

import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of PostgreSQL's, searched for in a name by Java's engine. That one tries alternatives one after the other,
 * and a client chooses the name: so the number of steps is limited. Immutable; any thread.
 */
final class Regex {
    /** Some milliseconds; a sensible expression needs a hundred. */
    static final int MOST_STEPS = 100_000;

    private final Pattern pattern;

    private Regex(Pattern pattern) {
        this.pattern = pattern;
    }

    /** The search was given up: nobody knows whether it would have found anything. */
    static final class TooCostly extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooCostly() {
            super("too many steps", null, false, false);
        }
    }

    /** @throws PatternSyntaxException where it is none, or has what Java's cannot stand for; its description says which */
    static Regex of(String text) {
        return new Regex(Pattern.compile(new RegexTranslation(text).toJava(), Pattern.DOTALL));
    }

    boolean hasGroup() {
        return pattern.matcher("").groupCount() > 0;
    }

    /** @throws TooCostly where it cannot be told in time */
    boolean isIn(String name) {
        return search(name).isPresent();
    }

    /** @throws TooCostly where it cannot be told in time */
    Optional<MatchResult> search(String name) {
        Matcher matcher = pattern.matcher(new Counted(name));
        try {
            return matcher.find() ? Optional.of(matcher.toMatchResult()) : Optional.empty();
        } catch (StackOverflowError tooDeep) {
            throw new TooCostly();
        }
    }

    /** Text whose letters may be looked at only so often. */
    private static final class Counted implements CharSequence {
        private final String text;
        private int steps;

        Counted(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++steps > MOST_STEPS) {
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
}
