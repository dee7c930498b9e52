package pgrouter.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The bytes of an authdb file, or of a list of users to put into one, as text. */
final class AuthDbFile {
    /** Enough for some 400,000 users. The limit keeps a device or a log file named by mistake from filling the memory. */
    private static final int LARGEST = 64 << 20;

    private AuthDbFile() {}

    static String text(Path file) throws AuthDbException {
        try (InputStream in = Files.newInputStream(file)) {
            return text(in, file.toString());
        } catch (IOException e) {
            throw unusable(file.toString(), 1, 1, "a readable file", reason(e, file));
        }
    }

    /** @param name stands in the problems */
    static String text(InputStream in, String name) throws AuthDbException, IOException {
        byte[] bytes = in.readNBytes(LARGEST + 1);
        if (bytes.length > LARGEST) {
            throw unusable(name, 1, 1, "a file of at most 64 MiB", "a larger one");
        }
        CharBuffer text = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), text, true);
        text.flip();
        if (result.isError()) {
            throw notText(name, text.toString());
        }
        return text.toString();
    }

    private static String reason(IOException e, Path file) {
        return switch (e) {
            case NoSuchFileException missing -> "no such file; `passwd " + file + " USER` makes one";
            case AccessDeniedException denied -> "that permission is denied to the user who runs pgrouter";
            default -> "an error: " + e.getMessage();
        };
    }

    /** The text does not say which byte, since it may belong to a password. */
    private static AuthDbException notText(String name, String before) {
        int line =
                1 + (int) before.chars().filter(character -> character == '\n').count();
        int lineStart = before.lastIndexOf('\n') + 1;
        int column = 1 + before.codePointCount(lineStart, before.length());
        return unusable(name, line, column, "UTF-8 text", "another byte");
    }

    private static AuthDbException unusable(String name, int line, int column, String what, String instead) {
        AuthDbProblems problems = new AuthDbProblems(name);
        problems.expected(line, column, what, instead);
        return problems.exception();
    }
}
