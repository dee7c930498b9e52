package pgrouter.auth;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parses the text of a list of users into its entries. One use. */
final class PasswordListParser {
    private static final String PASSWORD = "an MD5 hash or a SCRAM verifier";

    /** @param start the position at which the password begins in its line */
    private record Row(String user, String password, int start) {
        @Override
        public String toString() {
            return "Row[hidden]";
        }
    }

    private final AuthDbProblems problems;
    private final Map<String, Integer> firstLines = new HashMap<>();
    private final Map<String, Credential.Entry> entries = new LinkedHashMap<>();
    private final List<String> withoutPassword = new ArrayList<>();

    PasswordListParser(String name) {
        this.problems = new AuthDbProblems(name);
    }

    PasswordList parse(String text) throws AuthDbException {
        int number = 0;
        for (String line : text.split("\r?\n", -1)) {
            number++;
            if (!line.isBlank() && !line.startsWith(";")) {
                line(number, line);
            }
        }
        problems.throwIfAny();
        return new PasswordList(entries, withoutPassword);
    }

    private void line(int number, String line) {
        Optional<Row> row = quoted(line.stripTrailing()).or(() -> spaced(line));
        if (row.isEmpty() || row.get().user().isEmpty()) {
            problems.expected(number, 1, "a user name and " + PASSWORD, "a hidden line");
            return;
        }
        Integer first = firstLines.putIfAbsent(row.get().user(), number);
        if (first != null) {
            problems.expected(number, 1, "one line a user", "the user of line " + first + " again");
        } else if (row.get().password().isEmpty()) {
            withoutPassword.add(row.get().user());
        } else {
            password(number, 1 + line.codePointCount(0, row.get().start()), row.get());
        }
    }

    private void password(int number, int column, Row row) {
        try {
            AuthDbMethod method =
                    AuthDbMethod.ofStored(row.password()).orElseThrow(() -> new IllegalArgumentException(PASSWORD));
            entries.put(row.user(), method.credential(row.user(), row.password()));
        } catch (IllegalArgumentException e) {
            problems.expected(number, column, e.getMessage(), "a hidden word");
        }
    }

    /** {@code load_auth_file} of PgBouncer's loader.c: a quote in a string is doubled. */
    private static Optional<Row> quoted(String line) {
        int nameEnd = line.startsWith("\"") ? closing(line, 0) : -1;
        if (nameEnd < 0) {
            return Optional.empty();
        }
        int start = line.length() - line.substring(nameEnd + 1).stripLeading().length();
        if (start == nameEnd + 1 || !line.startsWith("\"", start) || closing(line, start) != line.length() - 1) {
            return Optional.empty();
        }
        return Optional.of(new Row(inside(line, 0, nameEnd), inside(line, start, line.length() - 1), start));
    }

    /** The position at which the string ends that begins with that quote; negative where it does not end. */
    private static int closing(String line, int quote) {
        int end = line.indexOf('"', quote + 1);
        while (end >= 0 && line.startsWith("\"\"", end)) {
            end = line.indexOf('"', end + 2);
        }
        return end;
    }

    private static String inside(String line, int quote, int closing) {
        return line.substring(quote + 1, closing).replace("\"\"", "\"");
    }

    /** A name may have spaces. A password as PostgreSQL keeps it has none. */
    private static Optional<Row> spaced(String line) {
        int space = line.lastIndexOf(' ');
        return space < 0
                ? Optional.empty()
                : Optional.of(new Row(line.substring(0, space), line.substring(space + 1), space + 1));
    }
}
