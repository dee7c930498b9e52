package pgrouter.hba;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.hba.Texts.problems;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may be whom, as {@code check_usermap} of hba.c decides it. */
final class IdentMapTest {
    private static final String RULE = "host all all all md5\n";

    private static IdentMap map(String text) {
        HbaProblems problems = new HbaProblems();
        IdentMap map = IdentMap.of(new EntryReader(problems).entries(Path.of("ident"), text, 0), problems);
        assertThat(problems.count()).isZero();
        return map;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "m ann ann|ann|ann|true",
                "m ann bob|ann|bob|true",
                "m ann bob|ann|ann|false",
                "m ann bob|Ann|bob|false",
                "x ann ann|ann|ann|false",
                "m ann all|ann|anybody|true",
                "m ann \"all\"|ann|anybody|false",
                "m ann \"all\"|ann|all|true",
                "m ann /b|ann|bob|true",
                "m \"ann x\" bob|ann x|bob|true",
                "m /(.*)@example\\.com$ \\1|ann@example.com|ann|true",
                "m /(.*)@example\\.com$ \\1|ann@example.org|ann|false",
                "m /(.*)@example\\.com$ \\1|bob@example.com|ann|false",
                "m /(.*)@example\\.com$ x\\1y|ann@example.com|xanny|true",
                "m /(.*)@example\\.com$ guest|ann@example.com|guest|true",
                "m /(.*)@example\\.com$ \\1\\1|ann@example.com|ann\\1|true",
                "m /(.*)@example\\.com$ \\1|all@example.com|ann|false",
                "m /(.*)@example\\.com$ \\1|/.*@example.com|ann|false",
                "m ann \\1|ann|\\1|true",
                "m bob x~m ann y|ann|y|true"
            })
    void aLineAllows(String text, String systemName, String user, boolean allowed) {
        assertThat(map(text.replace('~', '\n')).allows("m", systemName, user)).isEqualTo(allowed);
    }

    @Test
    void theFirstLineThatAllowsIsEnough() {
        IdentMap map = map("m ann bob\nm ann carl\nm /^a root\n");
        assertThat(map.allows("m", "ann", "bob")).isTrue();
        assertThat(map.allows("m", "ann", "carl")).isTrue();
        assertThat(map.allows("m", "ann", "root")).isTrue();
        assertThat(map.allows("m", "ann", "dora")).isFalse();
    }

    @Test
    void aPlaceForAGroupThatHasTakenNoPartEndsTheSearch() {
        IdentMap map = map("m /^(x)?ann$ \\1\nm ann bob\n");
        assertThat(map.allows("m", "ann", "bob")).isFalse();
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThat(problems(RULE, """
                m
                m ann
                m ann,bob carl
                m ann +staff
                m /( ann
                m /ann \\1
                m ann bob
                """))
                .containsExactly(
                        "ident:1:2: expected the name by which the system knows somebody, found end of line",
                        "ident:2:6: expected a user, found end of line",
                        "ident:3:7: expected a space behind the name by which the system knows somebody, found `bob`",
                        "ident:4:7: expected a user, found `+staff`; pgrouter does not know the members of roles",
                        "ident:5:3: expected a regular expression (Unclosed group), found `/(`",
                        "ident:6:3: expected a group in parentheses, for which the user has a \\1, found `/ann`");
    }
}
