package pgrouter.config;

import java.util.List;
import java.util.Locale;
import pgrouter.config.Token.Kind;

/**
 * Decides which tokens may hold a password, so that no problem shows them: the rest of the line after a directive with the name
 * {@code password} or {@code passphrase} or a similar one, and if that is empty, the next word. A password without its quotes is read as
 * words, marks and directives, none of which may reach a log.
 */
final class Secrecy {
    private static final List<String> KEYWORDS = List.of("password", "passphrase");

    private boolean hiding;
    private boolean hidden;
    private boolean atDirective = true;

    /** Call once for each token, in their order. */
    boolean hides(Kind kind, String text) {
        return switch (kind) {
            case WORD, STRING -> hidesText(text);
            case OPEN, SEMICOLON -> {
                atDirective = true;
                yield false;
            }
            case CLOSE -> {
                atDirective = true;
                hidden = true;
                yield false;
            }
            case NEWLINE -> {
                atDirective = true;
                hiding &= !hidden;
                yield false;
            }
            case END -> false;
        };
    }

    private boolean hidesText(String text) {
        boolean directive = atDirective;
        atDirective = false;
        if (hiding) {
            hidden = true;
            return true;
        }
        String word = text.toLowerCase(Locale.ROOT);
        hiding = directive
                && (word.startsWith("pass") || Suggestion.of(word, KEYWORDS).isPresent());
        hidden = hiding && holdsMore(word);
        return hidden;
    }

    /** As in {@code password:sekrit}. */
    private static boolean holdsMore(String word) {
        return !KEYWORDS.contains(word)
                && (word.length() > KEYWORDS.getFirst().length()
                        || !word.chars().allMatch(Character::isLetter));
    }
}
