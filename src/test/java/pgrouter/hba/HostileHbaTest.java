package pgrouter.hba;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import pgrouter.config.ConfigException;

/** Whatever the text is, the outcome is rules or problems inside of it; and whatever a client says, it is a decision. */
final class HostileHbaTest {
    private static final List<String> PIECES = List.of(
            "local",
            "host",
            "hostssl",
            "include",
            "include_dir",
            "all",
            "sameuser",
            "replication",
            "samenet",
            "trust",
            "cert",
            "md5",
            "map=m",
            "clientcert=verify-full",
            "1.2.3.4/8",
            "::/0",
            "255.0.0.0",
            "/^a(b|c)*",
            "/",
            "@",
            "@x",
            "+r",
            "\"",
            "\\",
            "\\1",
            "\n",
            "\\\n",
            "\r",
            " ",
            " ",
            " ",
            "\t",
            ",",
            "#",
            "=",
            "[",
            "(",
            "{2}",
            "*",
            "\0",
            "\ud800",
            "\u00e9",
            "\ud83d\ude00",
            "m ann bob");

    @RepeatedTest(5)
    void anyTextIsReadOrRefused(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        for (int i = 0; i < 3000; i++) {
            String hba = text(random, random.nextBoolean() ? "host all all all trust\n" : "");
            String ident = text(random, "");
            try {
                Hba read = new HbaFiles().parse(Path.of("hba"), hba, Path.of("ident"), ident);
                assertThat(Texts.decision(read, Texts.client("1.2.3.4", "d", text(random, ""))))
                        .isNotEmpty();
            } catch (ConfigException e) {
                assertInside(e, hba, ident);
            }
        }
    }

    private static void assertInside(ConfigException wrong, String hba, String ident) {
        assertThat(wrong.problems()).isNotEmpty().allSatisfy(problem -> {
            boolean own = problem.file().equals("hba") || problem.file().equals("ident");
            String[] lines = (problem.file().equals("hba") ? hba : ident).split("\n", -1);
            if (own) {
                assertThat(problem.line()).isBetween(1, lines.length);
                assertThat(problem.column()).isBetween(1, lines[problem.line() - 1].length() + 1);
            }
            assertThat(problem.toString()).doesNotContain("\n", "\0");
        });
    }

    private static String text(Random random, String beginning) {
        StringBuilder text = new StringBuilder(beginning);
        random.ints(random.nextInt(25), 0, PIECES.size()).mapToObj(PIECES::get).forEach(text::append);
        return text.toString();
    }

    @Test
    void longLinesAreReadInTime() {
        String names = "u,".repeat(200_000) + "u";
        assertThat(Texts.decision(Texts.hba("host all " + names + " all trust"), Texts.client("::1", "d", "u")))
                .isEqualTo("trust");
        String pieces = "\\\n".repeat(300_000) + "host all all all trust";
        assertThat(Texts.decision(Texts.hba(pieces), Texts.client("::1", "d", "u")))
                .isEqualTo("trust");
    }
}
