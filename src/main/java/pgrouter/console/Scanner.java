package pgrouter.console;

import java.util.ArrayList;
import java.util.List;
import pgrouter.protocol.SqlState;

/**
 * Splits a text into statements of words. Words end at white space, at {@code ;} and at a C-style comment. A comment
 * of two dashes begins only where a word could, since a host name may contain them. Quoted text belongs to its word.
 * One thread.
 */
final class Scanner {
    private final String text;
    private int at;

    private Scanner(String text) {
        this.text = text;
    }

    /**
     * The statements that are not empty.
     *
     * @throws Rejected where a quote or a comment has no end
     */
    static List<List<String>> statements(String text) throws Rejected {
        return new Scanner(text).all();
    }

    private List<List<String>> all() throws Rejected {
        List<List<String>> statements = new ArrayList<>();
        List<String> words = new ArrayList<>();
        while (at < text.length()) {
            if (Character.isWhitespace(text.charAt(at))) {
                at++;
            } else if (text.startsWith("--", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (text.startsWith("/*", at)) {
                comment();
            } else if (text.charAt(at) == ';') {
                at++;
                close(statements, words);
                words = new ArrayList<>();
            } else {
                words.add(word());
            }
        }
        close(statements, words);
        return statements;
    }

    private static void close(List<List<String>> statements, List<String> words) {
        if (!words.isEmpty()) {
            statements.add(words);
        }
    }

    /** Skips a comment. Comments nest, as in PostgreSQL. */
    private void comment() throws Rejected {
        int depth = 0;
        do {
            if (at >= text.length()) {
                throw new Rejected(SqlState.SYNTAX_ERROR, "unterminated /* comment");
            }
            if (text.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (text.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0);
    }

    private String word() throws Rejected {
        int start = at;
        while (at < text.length() && !endsWord()) {
            char letter = text.charAt(at);
            if (letter == '\'' || letter == '"') {
                int end = text.indexOf(letter, at + 1);
                if (end < 0) {
                    throw new Rejected(SqlState.SYNTAX_ERROR, "unterminated quoted string");
                }
                at = end;
            }
            at++;
        }
        return text.substring(start, at);
    }

    private boolean endsWord() {
        char letter = text.charAt(at);
        return letter == ';' || Character.isWhitespace(letter) || text.startsWith("/*", at);
    }
}
