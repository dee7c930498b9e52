package pgrouter.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import pgrouter.config.Value.Unexpected;

/**
 * A password, and its place: the configuration file itself, a file of its own, or neither. Neither the password nor the name of its
 * place is ever printed: one may have been written instead of the other.
 */
record Secret(String text, boolean inline, Optional<Path> file) {
    static final Secret NONE = inline("");

    /** The most bytes of a file. Keeps a device or a log file that was named by mistake from filling the memory. */
    private static final int LARGEST = 64 << 10;

    private static final Value<Secret> ENVIRONMENT =
            Value.of("the name of a variable of the environment", Secret::ofEnvironment);

    /** The content of a file, without the line break at its end. */
    private static final Value<Secret> FILE = new Value<>(
            "a file that holds a password",
            (token, source) -> ofFile(Values.FILE.reader().read(token, source)),
            Secret::toString);

    /** The password itself, {@code file NAME} or {@code env NAME}. */
    static final Form<Secret> FORM =
            Form.one(Values.PASSWORD.map(Secret::inline)).word("file", FILE).word("env", ENVIRONMENT);

    static Secret inline(String text) {
        return new Secret(text, !text.isEmpty(), Optional.empty());
    }

    private static Secret ofFile(Path file) throws Unexpected {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .replaceFirst("\\R\\z", "");
            if (bytes.length > LARGEST || text.isEmpty() || text.indexOf('\0') >= 0) {
                throw unusable("it holds none");
            }
            return new Secret(text, false, Optional.of(file));
        } catch (NoSuchFileException e) {
            throw unusable("no such file");
        } catch (AccessDeniedException e) {
            throw unusable("permission is denied");
        } catch (CharacterCodingException e) {
            throw unusable("it is not UTF-8");
        } catch (IOException e) {
            throw unusable("it cannot be read");
        }
    }

    private static Unexpected unusable(String reason) {
        return new Unexpected("a file that holds a password (" + reason + ")");
    }

    private static Secret ofEnvironment(Token name) throws Unexpected {
        String text = name.text().isEmpty() ? null : System.getenv(name.text());
        if (text == null || text.isEmpty()) {
            throw new Unexpected(ENVIRONMENT.what() + " (it is not set)");
        }
        return new Secret(text, false, Optional.empty());
    }

    @Override
    public String toString() {
        return "Secret[hidden]";
    }
}
