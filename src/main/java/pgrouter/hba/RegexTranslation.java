package pgrouter.hba;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Translates an "advanced" regular expression of PostgreSQL (functions-matching.html, "POSIX Regular Expressions") to
 * Java's notation. Where the same notation means something else in Java, Java's own is used. Constructs without an
 * equivalent are refused rather than guessed. One use.
 */
final class RegexTranslation {
    private static final Pattern BOUND = Pattern.compile("\\{[0-9]{1,3}(,[0-9]{0,3})?\\}");
    private static final Pattern GROUP = Pattern.compile("\\(\\?(:|=|!|<=|<!)");
    private static final Pattern CLASS = Pattern.compile("\\[:([a-z]+):\\]");

    private static final String BRACKET = "a bracket expression";
    private static final Set<String> LETTER_CLASSES = Set.of("\\d", "\\s", "\\w");

    private static final Map<String, String> CLASSES = Map.ofEntries(
            Map.entry("alnum", "\\p{Alnum}"),
            Map.entry("alpha", "\\p{Alpha}"),
            Map.entry("blank", "\\p{Blank}"),
            Map.entry("cntrl", "\\p{Cntrl}"),
            Map.entry("digit", "\\p{Digit}"),
            Map.entry("graph", "\\p{Graph}"),
            Map.entry("lower", "\\p{Lower}"),
            Map.entry("print", "\\p{Print}"),
            Map.entry("punct", "\\p{Punct}"),
            Map.entry("space", "\\p{Space}"),
            Map.entry("upper", "\\p{Upper}"),
            Map.entry("word", "\\w"),
            Map.entry("xdigit", "\\p{XDigit}"));

    private final String text;
    private final StringBuilder java = new StringBuilder();
    private int position;

    /** Whether the preceding part can be repeated. */
    private boolean atom;

    RegexTranslation(String text) {
        this.text = text;
    }

    String toJava() {
        while (position < text.length()) {
            int letter = advance();
            switch (letter) {
                case '\\' -> escape();
                case '[' -> bracket();
                case '(' -> group();
                case ')' -> add(")", true);
                case '{' -> bound();
                case '*', '+', '?' -> quantifier(Character.toString(letter));
                case '^' -> add("\\A", false);
                case '$' -> add("\\z", false);
                case '|' -> add("|", false);
                case '.' -> add(".", true);
                default -> add(literal(letter), true);
            }
        }
        return java.toString();
    }

    private void add(String notation, boolean repeatable) {
        java.append(notation);
        atom = repeatable;
    }

    private void escape() {
        int letter = advanceWithin("an escape");
        switch (letter) {
            case 'A' -> add("\\A", false);
            case 'Z' -> add("\\z", false);
            case 'm' -> add("\\b(?=\\w)", false);
            case 'M' -> add("\\b(?<=\\w)", false);
            case 'y' -> add("\\b", false);
            case 'Y' -> add("\\B", false);
            case 'd', 'D', 's', 'S', 'w', 'W' -> add("\\" + Character.toString(letter), true);
            default -> add(escapedLetter(letter), true);
        }
    }

    /** Translates an escape that stands for one letter. */
    private String escapedLetter(int letter) {
        return switch (letter) {
            case 'a', 'e', 'f', 'n', 'r', 't' -> "\\" + Character.toString(letter);
            case 'b' -> "\\x08";
            case 'B' -> "\\\\";
            case 'v' -> "\\x0B";
            default -> {
                if (isAlphanumeric(letter)) {
                    throw refused("the escape \\" + Character.toString(letter));
                }
                yield literal(letter);
            }
        };
    }

    private void group() {
        if (!isNext('?')) {
            add("(", false);
            return;
        }
        add(expect(GROUP, position - 1, "a group that begins by (? and not by (?: (?= (?! (?<= or (?<!"), false);
    }

    private void bound() {
        if (position == text.length() || !isDigit(text.charAt(position))) {
            add("\\{", true);
            return;
        }
        quantifier(expect(BOUND, position - 1, "a bound that is none of {m} {m,} {m,n}"));
    }

    /** Translates a quantifier. One more quantifier after it would mean something else in Java. */
    private void quantifier(String notation) {
        if (!atom) {
            throw refused("a quantifier with nothing before it to repeat");
        }
        add(isNext('?') ? notation + Character.toString(advance()) : notation, false);
    }

    private void bracket() {
        java.append('[');
        if (isNext('^')) {
            java.append(Character.toString(advance()));
        }
        member(true);
        while (!isNext(']')) {
            member(false);
        }
        advance();
        add("]", true);
    }

    /** Translates a letter, a class, or a range. A bracket that comes first is a letter, and so is a dash at either end. */
    private void member(boolean first) {
        int letter = advanceWithin(BRACKET);
        if (letter == '-' && !first && !isNext(']')) {
            throw refused("a - in a bracket expression that makes no range");
        }
        String begin = item(letter);
        java.append(begin);
        if (isNext('-') && !text.startsWith("-]", position)) {
            advance();
            String end = item(advanceWithin(BRACKET));
            if (isClass(begin) || isClass(end)) {
                throw refused("a range of classes");
            }
            java.append('-').append(end);
        }
    }

    private static boolean isClass(String notation) {
        return notation.startsWith("\\p") || LETTER_CLASSES.contains(notation);
    }

    private String item(int letter) {
        return switch (letter) {
            case '[' -> isNext(':') || isNext('.') || isNext('=') ? named() : "\\[";
            case '\\' -> {
                int escaped = advanceWithin("an escape");
                String notation = "\\" + Character.toString(escaped);
                yield LETTER_CLASSES.contains(notation) ? notation : escapedLetter(escaped);
            }
            default -> literal(letter);
        };
    }

    private String named() {
        String whole = expect(CLASS, position - 1, "a bracket expression with [. or [=, or without its end");
        String name = CLASSES.get(whole.substring(2, whole.length() - 2));
        if (name == null) {
            throw refused("the class " + whole);
        }
        return name;
    }

    /** Requires that the text from here on begins with the pattern. */
    private String expect(Pattern pattern, int from, String otherwise) {
        Matcher matcher = pattern.matcher(text).region(from, text.length());
        if (!matcher.lookingAt()) {
            throw refused(otherwise);
        }
        position = matcher.end();
        return matcher.group();
    }

    private int advanceWithin(String what) {
        if (position == text.length()) {
            throw refused("the end of " + what + " missing");
        }
        return advance();
    }

    private int advance() {
        int letter = text.codePointAt(position);
        position += Character.charCount(letter);
        return letter;
    }

    private boolean isNext(char letter) {
        return position < text.length() && text.charAt(position) == letter;
    }

    private static String literal(int letter) {
        boolean plain = letter > '~' || letter <= ' ' || isAlphanumeric(letter) || letter == '_';
        return plain ? Character.toString(letter) : "\\" + Character.toString(letter);
    }

    private static boolean isAlphanumeric(int letter) {
        return isDigit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
    }

    private static boolean isDigit(int letter) {
        return letter >= '0' && letter <= '9';
    }

    private PatternSyntaxException refused(String what) {
        return new PatternSyntaxException("it has " + what, text, position);
    }
}
