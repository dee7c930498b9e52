package pgrouter.config;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A regular expression by which the administrator names texts of statements. Any thread. */
public final class TextRule {
    /** Some milliseconds at most, for each text; a plain expression needs little more than one for each letter. */
    static final int MOST_STEPS = 1_000_000;

    private final Pattern pattern;
    private final AtomicBoolean wasTooCostly = new AtomicBoolean();

    private TextRule(Pattern pattern) {
        this.pattern = pattern;
    }

    /** @throws PatternSyntaxException where it is none of Java's */
    public static TextRule of(String expression) {
        return new TextRule(Pattern.compile(expression, Pattern.CASE_INSENSITIVE));
    }

    /** Whether it is found in a text. */
    public enum Match {
        FOUND,
        NOT_FOUND,
        /** That would take too long to find out. */
        UNKNOWN
    }

    public Match search(String text) {
        try {
            return pattern.matcher(new CountedText(text, MOST_STEPS)).find() ? Match.FOUND : Match.NOT_FOUND;
        } catch (CountedText.TooCostly | StackOverflowError e) {
            return Match.UNKNOWN;
        }
    }

    /** Whether a search was not given up before. Once, so that it is said once. */
    public boolean isFirstTooCostly() {
        return !wasTooCostly.get() && wasTooCostly.compareAndSet(false, true);
    }

    /** Two of the same expression are equal: a reload changes nothing. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TextRule rule && rule.toString().equals(toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** As the administrator has written it. */
    @Override
    public String toString() {
        return pattern.pattern();
    }
}
