package pgrouter.auth;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The text of an authdb file with other entries in it. A user's line is replaced, except for the comment at its end.
 * New users follow at the end of the file. Every other line stays as it is, byte for byte.
 *
 * @param added how many users are new
 * @param changed how many had a line
 */
record AuthDbText(String text, int added, int changed) {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** @param entries by user; new ones are added in their order */
    static AuthDbText of(String before, Map<String, Credential.Entry> entries) {
        return new Editor(entries).edit(before);
    }

    @Override
    public String toString() {
        return "AuthDbText[hidden]";
    }

    /** Goes through the lines once. */
    private static final class Editor {
        private final Map<String, Credential.Entry> left;
        private final StringBuilder text = new StringBuilder();
        private String lineBreak = "\n";

        private Editor(Map<String, Credential.Entry> entries) {
            this.left = new LinkedHashMap<>(entries);
        }

        private AuthDbText edit(String before) {
            int all = left.size();
            String body = before;
            if (before.startsWith(BYTE_ORDER_MARK)) {
                text.append(BYTE_ORDER_MARK);
                body = before.substring(BYTE_ORDER_MARK.length());
            }
            for (String line : body.split("(?<=\n)")) {
                line(line);
            }
            int added = left.size();
            append();
            return new AuthDbText(text.toString(), added, all - added);
        }

        private void line(String line) {
            String end = line.endsWith("\r\n") ? "\r\n" : line.endsWith("\n") ? "\n" : "";
            lineBreak = end.isEmpty() ? lineBreak : end;
            String content = line.substring(0, line.length() - end.length());
            AuthDbLine read = new AuthDbLine(1, content, new AuthDbProblems(""));
            Optional<String> user = user(read).filter(left::containsKey);
            if (user.isPresent()) {
                text.append(entry(user.get(), left.remove(user.get())));
                text.append(comment(content, read)).append(end);
            } else {
                text.append(line);
            }
        }

        private static Optional<String> user(AuthDbLine read) {
            return read.words().stream()
                    .limit(1)
                    .filter(name -> !name.broken())
                    .map(AuthDbLine.Word::text)
                    .findFirst();
        }

        private static String comment(String content, AuthDbLine read) {
            String comment = content.substring(content.offsetByCodePoints(0, read.endColumn() - 1));
            return comment.isEmpty() ? "" : " " + comment;
        }

        private void append() {
            if (!left.isEmpty() && !text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
                text.append(lineBreak);
            }
            left.forEach((user, entry) -> text.append(entry(user, entry)).append(lineBreak));
        }

        private static String entry(String user, Credential.Entry entry) {
            String name = AuthDbLine.word(user);
            return switch (entry) {
                case Credential.Md5(String hash) -> name + " md5 " + hash;
                case Credential.Scram(ScramVerifier verifier) -> name + " scram-sha-256 " + verifier.text();
                case Credential.Plain(String password) -> name + " plain " + AuthDbLine.word(password);
            };
        }
    }
}
