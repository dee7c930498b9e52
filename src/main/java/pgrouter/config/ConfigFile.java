package pgrouter.config;

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
import java.util.List;

/** Reads a file that a DBA wrote, as text. */
public final class ConfigFile {
    /** The most bytes. Keeps a device or a log file that was named by mistake from filling the memory. */
    private static final int LARGEST = 1 << 20;

    private ConfigFile() {}

    /**
     * Blocks: not for a thread that serves clients.
     *
     * @throws ConfigException if the file cannot be read, is not UTF-8 or is larger than 1 MiB
     */
    public static String text(Path file) throws ConfigException {
        byte[] bytes = bytes(file);
        if (bytes.length > LARGEST) {
            throw unusable(file, 1, 1, "expected a file of at most 1 MiB, found a larger one");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        out.flip();
        if (result.isError()) {
            throw notText(file, out.toString(), in.get());
        }
        return out.toString();
    }

    private static byte[] bytes(Path file) throws ConfigException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(LARGEST + 1);
        } catch (IOException e) {
            throw unusable(file, 1, 1, "expected a readable file, found " + reason(e));
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "no such file";
            case AccessDeniedException denied -> "that permission is denied";
            default -> "an error: " + e.getMessage();
        };
    }

    private static ConfigException notText(Path file, String before, byte bad) {
        int line =
                1 + (int) before.chars().filter(character -> character == '\n').count();
        int lineStart = before.lastIndexOf('\n') + 1;
        int column = 1 + before.codePointCount(lineStart, before.length());
        return unusable(file, line, column, "expected UTF-8 text, found the byte 0x%02x".formatted(bad));
    }

    private static ConfigException unusable(Path file, int line, int column, String message) {
        return new ConfigException(List.of(new Problem(file.toString(), line, column, message)));
    }
}
