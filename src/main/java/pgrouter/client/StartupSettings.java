package pgrouter.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The contents of a startup message apart from its user: the database, and pgrouter's own settings, given by their
 * name or in {@code options} as {@code -c NAME=VALUE} or {@code --NAME=VALUE} ({@code process_postgres_switches} in
 * postgres.c).
 *
 * @param own settings whose names begin with {@code pgrouter.}, in lower case
 */
public record StartupSettings(String database, Map<String, String> own) {
    private static final String PREFIX = "pgrouter.";

    public StartupSettings {
        own = Map.copyOf(own);
    }

    public static StartupSettings of(Map<String, String> parameters) {
        String database = parameters.getOrDefault("database", "");
        Map<String, String> own = new HashMap<>();
        parameters.forEach((name, value) -> add(own, name, value));
        List<String> words = words(parameters.getOrDefault("options", ""));
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("-c") && i + 1 < words.size()) {
                assignment(own, words.get(++i));
            } else if (word.startsWith("--") || word.startsWith("-c")) {
                assignment(own, word.substring(2));
            }
        }
        return new StartupSettings(database.isEmpty() ? parameters.getOrDefault("user", "") : database, own);
    }

    private static void assignment(Map<String, String> own, String text) {
        int equals = text.indexOf('=');
        if (equals > 0) {
            add(own, text.substring(0, equals), text.substring(equals + 1));
        }
    }

    private static void add(Map<String, String> own, String name, String value) {
        String folded = name.toLowerCase(Locale.ROOT);
        if (folded.startsWith(PREFIX)) {
            own.put(folded, value);
        }
    }

    /** Blanks separate the words, and a backslash quotes the letter after it ({@code pg_split_opts}). */
    private static List<String> words(String options) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean within = false;
        for (int i = 0; i < options.length(); i++) {
            char letter = options.charAt(i);
            if (Character.isWhitespace(letter)) {
                if (within) {
                    words.add(word.toString());
                    word.setLength(0);
                }
                within = false;
            } else {
                boolean escape = letter == '\\' && i + 1 < options.length();
                word.append(escape ? options.charAt(++i) : letter);
                within = true;
            }
        }
        if (within) {
            words.add(word.toString());
        }
        return words;
    }
}
