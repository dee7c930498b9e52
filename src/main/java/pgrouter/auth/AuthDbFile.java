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

/** The bytes of an authdb file, as text. */
final class AuthDbFile {
    /** Some 400,000 users; keeps a device or a log file named by mistake from filling the memory. */
    private static final int LARGEST = 64 << 20;

    private AuthDbFile() {}

    static String text(Path file) throws AuthDbException {
        byte[] bytes = bytes(file);
        if (bytes.length > LARGEST) {
            throw unusable(file, 1, 1, "a file of at most 64 MiB", "a larger one");
        }
        CharBuffer text = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), text, true);
        text.flip();
        if (result.isError()) {
            throw notText(file, text.toString());
        }
        return text.toString();
    }

    private static byte[] bytes(Path file) throws AuthDbException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(LARGEST + 1);
        } catch (IOException e) {
            throw unusable(file, 1, 1, "a readable file", reason(e));
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "no such file";
            case AccessDeniedException denied -> "that permission is denied";
            default -> "an error: " + e.getMessage();
        };
    }

    /** Does not say which byte: it may belong to a password. */
    private static AuthDbException notText(Path file, String before) {
        int line =
                1 + (int) before.chars().filter(character -> character == '\n').count();
        int lineStart = before.lastIndexOf('\n') + 1;
        int column = 1 + before.codePointCount(lineStart, before.length());
        return unusable(file, line, column, "UTF-8 text", "another byte");
    }

    private static AuthDbException unusable(Path file, int line, int column, String what, String instead) {
        AuthDbProblems problems = new AuthDbProblems(file.toString());
        problems.expected(line, column, what, instead);
        return problems.exception();
    }
}
