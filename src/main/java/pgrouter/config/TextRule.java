package pgrouter.config;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A regular expression of the administrator, which selects texts of statements. Any thread. */
public final class TextRule {
    /** Limits a search to some milliseconds; a plain expression needs little more than one step for each letter. */
    static final int MOST_STEPS = 1_000_000;

    private final Pattern pattern;
    private final AtomicBoolean wasTooCostly = new AtomicBoolean();

    private TextRule(Pattern pattern) {
        this.pattern = pattern;
    }

    /** @throws PatternSyntaxException if Java cannot compile it */
    public static TextRule of(String expression) {
        return new TextRule(Pattern.compile(expression, Pattern.CASE_INSENSITIVE));
    }

    /** The result of a search. */
    public enum Match {
        FOUND,
        NOT_FOUND,
        /** The search was given up. */
        UNKNOWN
    }

    public Match search(String text) {
        try {
            return pattern.matcher(new CountedText(text, MOST_STEPS)).find() ? Match.FOUND : Match.NOT_FOUND;
        } catch (CountedText.TooCostly | StackOverflowError e) {
            return Match.UNKNOWN;
        }
    }

    /** Returns true once, after the first search that was given up. */
    public boolean isFirstTooCostly() {
        return !wasTooCostly.get() && wasTooCostly.compareAndSet(false, true);
    }

    /** Compares the expressions: a reload of the same one changes nothing. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TextRule rule && rule.toString().equals(toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** Returns the expression as it was written. */
    @Override
    public String toString() {
        return pattern.pattern();
    }
}
