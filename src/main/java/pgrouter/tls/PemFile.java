package pgrouter.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pgrouter.config.ConfigException;
import pgrouter.config.Problem;

/** The blocks of one PEM file (RFC 7468) in their order. The text around them is for people, and skipped. */
final class PemFile {
    /**
     * Ten times the size of a system's list of authorities. The limit keeps a device or a log file named by mistake
     * from filling the memory.
     */
    private static final int LARGEST = 4 << 20;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([^\\n-]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ");

    /** The lines with a colon by which OpenSSL says how it has encrypted a key (RFC 1421 section 4.6). */
    private static final Pattern HEADERS = Pattern.compile("\\A\\s*(?:[\\w-]+:[^\\n]*\\n)+");

    private final Path file;
    private final List<Block> blocks;

    private PemFile(Path file, List<Block> blocks) {
        this.file = file;
        this.blocks = List.copyOf(blocks);
    }

    /**
     * One block.
     *
     * @param line the line at which it begins, from 1
     * @param hasHeaders whether there are lines with a colon before its base64
     * @param der the decoded base64; never printed
     */
    record Block(String label, int line, boolean hasHeaders, byte[] der) {
        boolean isCertificate() {
            return label.equals("CERTIFICATE") || label.equals("X509 CERTIFICATE");
        }

        boolean isPrivateKey() {
            return label.endsWith("PRIVATE KEY");
        }

        @Override
        public String toString() {
            return label + " on line " + line;
        }
    }

    /** Reads the file. Blocks for as long as the disk does. */
    static PemFile read(Path file) throws ConfigException {
        String text = text(file);
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            blocks.add(block(file, text, matcher));
        }
        if (blocks.size() < BEGIN.matcher(text).results().count()) {
            throw expected(file, 1, "an -----END----- for each -----BEGIN-----", "fewer");
        }
        return new PemFile(file, blocks);
    }

    private static Block block(Path file, String text, Matcher matcher) throws ConfigException {
        int line = 1
                + (int) text.substring(0, matcher.start())
                        .chars()
                        .filter(character -> character == '\n')
                        .count();
        String body = matcher.group(2);
        Matcher headers = HEADERS.matcher(body);
        boolean hasHeaders = headers.find();
        String base64 = (hasHeaders ? body.substring(headers.end()) : body).replaceAll("\\s", "");
        try {
            return new Block(
                    matcher.group(1), line, hasHeaders, Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            throw expected(file, line, "base64 in the block " + matcher.group(1), "something else");
        }
    }

    List<Block> blocks() {
        return blocks;
    }

    Optional<Block> first(String label) {
        return blocks.stream().filter(block -> block.label().equals(label)).findFirst();
    }

    ConfigException expected(int line, String what, String found) {
        return expected(file, line, what, found);
    }

    private static ConfigException expected(Path file, int line, String what, String found) {
        return new ConfigException(
                List.of(new Problem(file.toString(), line, 1, "expected " + what + ", found " + found)));
    }

    private static String text(Path file) throws ConfigException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw expected(file, 1, "a file of at most 4 MiB", "a larger one");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1).replace("\r\n", "\n");
        } catch (IOException e) {
            throw expected(file, 1, "a readable file", reason(e));
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "no such file";
            case AccessDeniedException denied -> "that permission is denied";
            default -> "an error: " + e.getMessage();
        };
    }
}
