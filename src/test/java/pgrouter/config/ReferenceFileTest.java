package pgrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code conf/pgrouter.conf} is the reference of the directives, so it has to be right. */
final class ReferenceFileTest {
    private static final Path REFERENCE = Path.of("conf/pgrouter.conf");
    private static final Pattern COMMENTED_OUT = Pattern.compile("(?m)^ *#(?=\\S)");

    @Test
    void itsValuesAreTheDefaults() throws ConfigException {
        Config reference = Config.read(REFERENCE);
        Config defaults = Texts.parse("authdb /etc/pgrouter/authdb\nbackend 10.0.0.1");
        assertThat(reference)
                .usingRecursiveComparison()
                .ignoringFields("live.backends")
                .isEqualTo(defaults);
        assertThat(reference.live().backends().get(0))
                .isEqualTo(defaults.live().backends().get(0));
    }

    @Test
    void whatItHasCommentedOutIsValidToo() throws ConfigException, IOException {
        String text = COMMENTED_OUT.matcher(Files.readString(REFERENCE)).replaceAll("");
        Config config = Texts.parse(text);
        assertThat(config.fixed().listen()).hasSize(2);
        assertThat(config.fixed().user()).contains("postgres");
        assertThat(config.fixed().group()).contains("postgres");
        assertThat(config.fixed().pidfile()).contains(Path.of("/run/pgrouter.pid"));
    }
}
