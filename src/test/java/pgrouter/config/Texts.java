package pgrouter.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;

/** Parses texts as if they were the file {@code f} in {@code /etc/pgrouter}. */
final class Texts {
    static final String FILE = "f";
    static final Path BASE = Path.of("/etc/pgrouter");

    private Texts() {}

    static Config parse(String text) throws ConfigException {
        return Config.parse(text, FILE, BASE);
    }

    /** With the two directives that have no default, at the end of the text. */
    static Config complete(String text) throws ConfigException {
        return parse(text + "\nauthdb a\nbackend db1\n");
    }

    static List<String> problems(String text) {
        ConfigException thrown = catchThrowableOfType(ConfigException.class, () -> parse(text));
        return thrown.problems().stream().map(Problem::toString).toList();
    }

    /** The problems of a text that is complete but for them. */
    static List<String> problemsOf(String text) {
        return problems(text + "\nauthdb a\nbackend db1\n");
    }

    /** One backend with this in its block. */
    static Backend backend(String block) throws ConfigException {
        return parse("authdb a\nbackend db1 { " + block + " }")
                .live()
                .backends()
                .get(0);
    }
}
