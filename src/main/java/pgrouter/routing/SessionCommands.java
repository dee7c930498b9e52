package pgrouter.routing;

import static pgrouter.routing.StateTraits.ASSIGNS;
import static pgrouter.routing.StateTraits.ASSIGNS_BY_CALL;
import static pgrouter.routing.StateTraits.FORGETS_SEQUENCES;
import static pgrouter.routing.StateTraits.NONE;
import static pgrouter.routing.StateTraits.RESETS;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import pgrouter.routing.Tokens.Kind;

/**
 * Recognizes texts whose effect on the session is known once they have succeeded: texts that only reset the session, as
 * pools send them, and texts that only set parameters to plain values, as drivers do at connect. An instance belongs to
 * one scanner.
 */
final class SessionCommands {
    /** {@code SELECT pg_catalog . set_config ( 'name' , 'value' , false )} is the longest statement that is known. */
    private static final int MOST_TOKENS = 11;

    private static final Set<String> TAKE_AWAY = Set.of(
            "close all",
            "deallocate all",
            "deallocate prepare all",
            "discard all",
            "discard plans",
            "discard sequences",
            "discard temp",
            "discard temporary",
            "reset all",
            "reset time zone",
            "select pg_advisory_unlock_all ( )",
            "select pg_catalog . pg_advisory_unlock_all ( )",
            "unlisten *");

    private static final Set<String> FORGET_SEQUENCES = Set.of("discard all", "discard sequences");

    /** Values that are words of the grammar. */
    private static final Set<String> NO_VALUES = Set.of("default", "local");

    private record Token(Kind kind, String text) {}

    private final Tokens tokens = new Tokens();
    private final List<Token> statement = new ArrayList<>();
    private final Map<String, String> assigned = new HashMap<>();
    private boolean unclear;

    /**
     * @param suspects names that make any text unclear
     * @return RESETS or ASSIGNS where the text does nothing else, with the further traits that are known of it
     */
    StateTraits read(byte[] text, int start, int end, boolean backslashEscapes, SuspectNames suspects) {
        tokens.reset(text, start, end, backslashEscapes);
        assigned.clear();
        unclear = false;
        StateTraits all = NONE;
        while (next(suspects)) {
            StateTraits one = statement.isEmpty() ? all : kind();
            unclear |= one.isNone() && !statement.isEmpty();
            all = all.with(one);
        }
        boolean both = all.has(RESETS) && all.has(ASSIGNS);
        if (unclear || both) {
            assigned.clear();
            return NONE;
        }
        return all;
    }

    /** The parameters, in lower case, and the values that the last text gives them. */
    Map<String, String> assigned() {
        return assigned.isEmpty() ? Map.of() : Map.copyOf(assigned);
    }

    /** @return false where the text has ended, or need not be read any further */
    private boolean next(SuspectNames suspects) {
        statement.clear();
        Kind kind = tokens.next();
        while (kind != Kind.END && !unclear && !isSymbol(kind, ';')) {
            add(kind, suspects);
            kind = tokens.next();
        }
        return !unclear && (kind != Kind.END || !statement.isEmpty());
    }

    private boolean isSymbol(Kind kind, char symbol) {
        return kind == Kind.SYMBOL && tokens.symbol() == symbol;
    }

    private void add(Kind kind, SuspectNames suspects) {
        String text = switch (kind) {
            case WORD, QUOTED ->
                suspects.whole().find(SuspectNames.NO_SCHEMA, tokens.hash()).isNone() ? tokens.name(kind) : null;
            case STRING -> tokens.plainString();
            case NUMBER -> tokens.spelling();
            case SYMBOL -> Character.toString(tokens.symbol());
            case UNCLEAR, END -> null;
        };
        unclear |= text == null || !isAscii(text) || statement.size() == MOST_TOKENS;
        statement.add(new Token(kind, text == null ? "" : text));
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(letter -> letter < 128);
    }

    private StateTraits kind() {
        String words = words();
        if (TAKE_AWAY.contains(words)) {
            return FORGET_SEQUENCES.contains(words) ? RESETS.with(FORGETS_SEQUENCES) : RESETS;
        }
        return switch (word(0)) {
            case "deallocate" -> deallocatesOne() ? RESETS : NONE;
            case "reset" -> statement.size() == 2 && PlainSettings.contains(word(1)) ? RESETS : NONE;
            case "set" -> assigns(word(1).equals("session") ? 2 : 1);
            case "select" ->
                assignsByCall(word(1).equals("pg_catalog") && symbol(2).equals(".") ? 3 : 1);
            default -> NONE;
        };
    }

    /** The statement as written, if it has only words and symbols. */
    private String words() {
        StringBuilder words = new StringBuilder();
        for (Token token : statement) {
            boolean plain = token.kind() == Kind.WORD || token.kind() == Kind.SYMBOL;
            words.append(words.isEmpty() ? "" : " ").append(plain ? token.text() : "'");
        }
        return words.toString();
    }

    /** The word at a place, in lower case; empty where there is something else. */
    private String word(int at) {
        return text(at, Kind.WORD);
    }

    private String symbol(int at) {
        return text(at, Kind.SYMBOL);
    }

    private String text(int at, Kind kind) {
        return at < statement.size() && statement.get(at).kind() == kind
                ? statement.get(at).text()
                : "";
    }

    private boolean deallocatesOne() {
        int at = word(1).equals("prepare") ? 2 : 1;
        return at == statement.size() - 1
                && (!word(at).isEmpty() || !text(at, Kind.QUOTED).isEmpty());
    }

    /** Reads SET, from the name of the parameter on. */
    private StateTraits assigns(int at) {
        boolean zone = word(at).equals("time") && word(at + 1).equals("zone");
        String name = zone ? "timezone" : word(at);
        boolean equals = symbol(at + 1).equals("=") || word(at + 1).equals("to");
        if (statement.size() != at + 3 || !(zone || equals) || !PlainSettings.contains(name)) {
            return NONE;
        }
        String value = value(statement.get(at + 2), zone);
        if (value.isEmpty()) {
            return NONE;
        }
        assigned.put(name, value);
        return ASSIGNS;
    }

    /** The value of a plain token; empty where it may be more than that. */
    private static String value(Token token, boolean zone) {
        return switch (token.kind()) {
            case STRING -> token.text();
            case WORD ->
                NO_VALUES.contains(token.text()) || (zone && token.text().equals("interval")) ? "" : token.text();
            case NUMBER -> !zone && token.text().matches("0|[1-9][0-9]{0,8}") ? token.text() : "";
            case QUOTED, SYMBOL, UNCLEAR, END -> "";
        };
    }

    /** Reads SELECT, from the name of the function on. */
    private StateTraits assignsByCall(int at) {
        boolean call = word(at).equals("set_config")
                && statement.size() == at + 8
                && (symbol(at + 1) + symbol(at + 3) + symbol(at + 5) + symbol(at + 7)).equals("(,,)")
                && word(at + 6).equals("false");
        String name = Tokens.lowerCase(text(at + 2, Kind.STRING));
        String value = text(at + 4, Kind.STRING);
        if (!call || !PlainSettings.contains(name) || value.isEmpty()) {
            return NONE;
        }
        assigned.put(name, value);
        return ASSIGNS.with(ASSIGNS_BY_CALL);
    }
}
