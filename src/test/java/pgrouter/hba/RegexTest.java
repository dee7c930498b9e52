package pgrouter.hba;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.config.CountedText.TooCostly;

/** PostgreSQL's regular expressions, where Java's mean something else. */
final class RegexTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "b|abc|true",
                "^b|abc|false",
                "^abc$|abc|true",
                "a.c|abc|true",
                "^(a~b)+$|abba|true",
                "^db[0-9]{2,4}$|db123|true",
                "^db\\d+$|db123|true",
                "^db\\d+$|db\u0661|false",
                "\\mfoo\\M|a foo b|true",
                "\\mfoo\\M|afoo|false",
                "\\yfoo\\y|a-foo-b|true",
                "\\Yoo|foo|true",
                "\\Aa\\Z|a|true",
                "^[[:alpha:]_]+$|ab_C|true",
                "^[[:alpha:]]+$|ab1|false",
                "^[^[:digit:]]+$|ab|true",
                "^[]a]+$|]a|true",
                "^[^]a]+$|]b|false",
                "^[a-]+$|a-|true",
                "^[-a]+$|a-|true",
                "^[+--]+$|+,-|true",
                "^[[-a]+$|\\^|true",
                "^[a&&b]+$|a&b|true",
                "^[\\d\\-x]+$|1-x|true",
                "^[\\\\]$|\\|true",
                "a{,3}|a{,3}|true",
                "a{x}|a{x}|true",
                "^a{2}$|aa|true",
                "^a??b$|b|true",
                "a\\.b|a.b|true",
                "a\\.b|axb|false",
                "(?:a~b)(?=c)|ac|true",
                "(?<!a)b|ab|false",
                "\\B|\\|true",
                "a#b c|a#b c|true",
                "^\u00e9\ud83d\ude00?$|\u00e9|true",
                "]}|]}|true"
            })
    void meanWhatTheyMeanThere(String regex, String name, boolean found) {
        assertThat(Regex.of(regex.replace('~', '|')).isIn(name)).isEqualTo(found);
    }

    @Test
    void aLineBreakAtTheEndOfANameIsALetter() {
        assertThat(Regex.of("^admin$").isIn("admin\n")).isFalse();
        assertThat(Regex.of("^admin\\Z").isIn("admin\n")).isFalse();
        assertThat(Regex.of("^a.b$").isIn("a\nb")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                ")",
                "a)",
                "[",
                "[a",
                "[]",
                "[^]",
                "[z-a]",
                "a\\",
                "*",
                "a|*",
                "(*)",
                "^*",
                "a**",
                "a+*",
                "a{1}{2}",
                "a{1",
                "a{1,2",
                "a{9999}",
                "a{3,1}",
                "(?i)a",
                "(?<n>a)",
                "(?>a)",
                "(?#c)",
                "\\1",
                "(a)\\1",
                "\\p{Alpha}",
                "\\Qa\\E",
                "\\x41",
                "\\u0041",
                "\\h",
                "[[:foo:]]",
                "[[:alpha]]",
                "[[.a.]]",
                "[[=a=]]",
                "[\\D]",
                "[a-c-e]",
                "[[:alpha:]-z]",
                "[\\d-z]",
                "[a-\\d]",
                "***:a",
                "***=a"
            })
    void whatHasNoWordInJavaOrNoMeaningIsRefused(String regex) {
        assertThatThrownBy(() -> Regex.of(regex)).isInstanceOf(PatternSyntaxException.class);
    }

    @Test
    void aSearchThatTakesTooLongIsGivenUp() {
        assertThatThrownBy(() -> Regex.of("^.*.*.*.*.*b$").isIn("a".repeat(100)))
                .isInstanceOf(TooCostly.class);
        assertThatThrownBy(() -> Regex.of("^(a|b)*$").isIn("ab".repeat(40_000))).isInstanceOf(TooCostly.class);
    }
}
