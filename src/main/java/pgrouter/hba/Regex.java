package pgrouter.hba;

import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import pgrouter.config.CountedText;
import pgrouter.config.CountedText.TooCostly;

/**
 * A regular expression of PostgreSQL, which Java's engine searches for in a name. That engine tries alternatives one
 * after the other, and a client chooses the name. So the number of steps is limited. Immutable; any thread.
 */
final class Regex {
    /** The limit, which takes some milliseconds. A sensible expression needs a hundred steps. */
    static final int MOST_STEPS = 100_000;

    private final Pattern pattern;

    private Regex(Pattern pattern) {
        this.pattern = pattern;
    }

    /** @throws PatternSyntaxException where it is invalid, or has no equivalent in Java; its description says which */
    static Regex of(String text) {
        return new Regex(Pattern.compile(new RegexTranslation(text).toJava(), Pattern.DOTALL));
    }

    boolean hasGroup() {
        return pattern.matcher("").groupCount() > 0;
    }

    /** @throws TooCostly where the search is too costly */
    boolean isIn(String name) {
        return search(name).isPresent();
    }

    /** @throws TooCostly where the search is too costly */
    Optional<MatchResult> search(String name) {
        Matcher matcher = pattern.matcher(new CountedText(name, MOST_STEPS));
        try {
            return matcher.find() ? Optional.of(matcher.toMatchResult()) : Optional.empty();
        } catch (StackOverflowError tooDeep) {
            throw new TooCostly();
        }
    }
}
