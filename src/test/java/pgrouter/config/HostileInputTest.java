package pgrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are, the outcome is a configuration or a list of problems that lie inside of the text. */
final class HostileInputTest {
    private static final long SEED = 5432;
    private static final List<String> PIECES = List.of(
            "listen",
            "backend",
            "default",
            "health",
            "tls",
            "password",
            "lag",
            "weight",
            "timeout",
            "authdb",
            "{",
            "}",
            ";",
            "\n",
            " ",
            "'",
            "\"",
            "\\",
            "#",
            "[",
            "]",
            "::1",
            "%",
            ":",
            "*",
            "/",
            "5432",
            "1.25",
            "3s",
            "64kb",
            "é",
            "😀",
            "\0",
            "\uD800",
            "\uFEFF",
            "\r",
            "db1");

    private static int problemsInside(String text) {
        try {
            Texts.parse(text);
            return 0;
        } catch (ConfigException e) {
            List<String> lines = List.of(text.split("\n", -1));
            assertThat(e.problems()).isNotEmpty().allSatisfy(problem -> {
                assertThat(problem.line()).isBetween(1, lines.size());
                String line = lines.get(problem.line() - 1);
                assertThat(problem.column()).isBetween(1, line.codePointCount(0, line.length()) + 1);
                assertThat(problem.message())
                        .startsWith("expected ")
                        .contains(", found ")
                        .doesNotContain("\n");
            });
            return e.problems().size();
        }
    }

    @Test
    void randomBytesAreRefusedInOrder() {
        Random random = new Random(SEED);
        int problems = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            problems += problemsInside(new String(bytes, StandardCharsets.ISO_8859_1));
            problems += problemsInside(new String(bytes, StandardCharsets.UTF_8));
        }
        assertThat(problems).isGreaterThan(10_000);
    }

    @Test
    void randomPiecesOfTheFormatAreRefusedInOrder() {
        Random random = new Random(SEED);
        int problems = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int pieces = random.nextInt(40); pieces > 0; pieces--) {
                text.append(PIECES.get(random.nextInt(PIECES.size()))).append(random.nextBoolean() ? " " : "");
            }
            problems += problemsInside(text.toString());
        }
        assertThat(problems).isGreaterThan(20_000);
    }

    @Test
    void everyPrefixOfAGoodFileIsGoodOrRefusedInOrder() {
        String text =
                "listen [::1]:5432\ntls { cert \"c\\n\"; key 'k' }\nauthdb a\nhealth\n{ password \"x\" }\nbackend b { lag 1kb }";
        for (int length = 0; length < text.length(); length++) {
            problemsInside(text.substring(0, length));
        }
        assertThat(problemsInside(text)).isZero();
    }
}
