package pgrouter.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import pgrouter.testing.Fuzz;

/** Any text in front of the parser of the configuration file. */
class FuzzedConfigTest {
    @Test
    void files() throws Exception {
        Fuzz.of("configuration")
                .from(
                        Files.readString(Path.of("conf/pgrouter.conf")),
                        "authdb a; backend db1 { lag 16mb 300ms; weight 1.25 }; clients 7 { user 6 }",
                        "tls { cert c; key k; ciphers ALL:!EXP; protocols TLSv1.3 }\nauthdb query \"SELECT $1\"")
                .with(
                        "{",
                        "}",
                        ";",
                        "\"",
                        "'",
                        "\\",
                        "#",
                        "backend ",
                        "default ",
                        "password ",
                        "99999999999999999999gb",
                        "\n")
                .refusedBy(ConfigException.class)
                .feed(text -> Config.parse(new String(text, StandardCharsets.UTF_8), "f", Path.of("/nowhere")));
    }
}
