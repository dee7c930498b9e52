package pgrouter.routing;

import java.util.Locale;
import java.util.Map;

/**
 * The parameter {@code synchronous_commit}. Where it is off, a commit is acknowledged before its WAL is flushed. Any
 * other value flushes before that. The values are not told apart here. Any thread.
 */
public final class CommitSetting {
    private static final String NAME = "synchronous_commit";

    /** The hash by which {@link FunctionBody} finds the name among the words of a source. */
    static final int HASH = SuspectNames.hash(NAME);

    private CommitSetting() {}

    /** Whether a parameter has this name. PostgreSQL folds the names of parameters, in quotes too. */
    static boolean is(String parameter) {
        return parameter.equalsIgnoreCase(NAME);
    }

    /** Whether this is somewhere in the token just read. */
    static boolean isIn(Tokens token) {
        byte[] text = token.text();
        int last = token.position() - NAME.length();
        for (int at = token.start(); at <= last; at++) {
            if (Vocabulary.equals(NAME, text, at, at + NAME.length())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a startup message may set it: as a parameter, or by {@code options}, where PostgreSQL takes a hyphen for
     * an underscore and a backslash as the quote of any letter.
     */
    public static boolean isIn(Map<String, String> startup) {
        return startup.entrySet().stream().anyMatch(each -> isIn(each.getKey()) || isIn(each.getValue()));
    }

    private static boolean isIn(String text) {
        return text.toLowerCase(Locale.ROOT).replace("\\", "").replace('-', '_').contains(NAME);
    }
}
