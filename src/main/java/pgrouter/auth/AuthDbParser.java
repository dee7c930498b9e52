package pgrouter.auth;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parses the text of an authdb file into its users. One use. */
final class AuthDbParser {
    private final AuthDbProblems problems;
    private final Map<String, Integer> firstLines = new HashMap<>();
    private final Map<String, Credential.Entry> users = new HashMap<>();

    AuthDbParser(String fileName) {
        this.problems = new AuthDbProblems(fileName);
    }

    Map<String, Credential.Entry> parse(String text) throws AuthDbException {
        int number = 0;
        for (String line : withoutByteOrderMark(text).split("\r?\n", -1)) {
            entry(new AuthDbLine(++number, line, problems));
        }
        problems.throwIfAny();
        return users;
    }

    private static String withoutByteOrderMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private void entry(AuthDbLine line) {
        List<AuthDbLine.Word> words = line.words();
        if (words.isEmpty()) {
            return;
        }
        user(line, words.get(0));
        if (words.size() == 1) {
            missing(line, AuthDbMethod.NAMES);
            return;
        }
        Optional<AuthDbMethod> method = AuthDbMethod.of(words.get(1).text());
        if (method.isEmpty()) {
            expected(line, words.get(1), AuthDbMethod.NAMES);
        } else if (words.size() == 2) {
            missing(line, method.get().value());
        } else {
            credential(line, method.get());
        }
        if (words.size() > 3) {
            expected(line, words.get(3), "end of line");
        }
    }

    private void user(AuthDbLine line, AuthDbLine.Word name) {
        if (name.text().isEmpty()) {
            expected(line, name, "a user name");
        }
        Integer first = firstLines.putIfAbsent(name.text(), line.number());
        if (first != null && !name.broken()) {
            problems.expected(line.number(), name.column(), "one line a user", "the user of line " + first + " again");
        }
    }

    private void credential(AuthDbLine line, AuthDbMethod method) {
        String user = line.words().get(0).text();
        AuthDbLine.Word value = line.words().get(2);
        try {
            users.put(user, method.credential(user, value.text()));
        } catch (IllegalArgumentException e) {
            expected(line, value, e.getMessage());
        }
    }

    private void expected(AuthDbLine line, AuthDbLine.Word word, String what) {
        if (!word.broken()) {
            String found = word.text().isEmpty() ? "an empty string" : "a hidden word";
            problems.expected(line.number(), word.column(), what, found);
        }
    }

    /** An unclosed string has swallowed the rest of its line. */
    private void missing(AuthDbLine line, String what) {
        if (!line.words().getLast().broken()) {
            problems.expected(line.number(), line.endColumn(), what, "end of line");
        }
    }
}
