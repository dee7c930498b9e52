package pgrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.config.TextRule.Match;

final class TextRuleTest {
    @Test
    void itIsFoundInAnyCase() {
        TextRule rule = TextRule.of("queue *entry");
        assertThat(rule.search("SELECT 1 AS Queue Entry")).isEqualTo(Match.FOUND);
        assertThat(rule.search("SELECT 1")).isEqualTo(Match.NOT_FOUND);
    }

    @Test
    void aPlainOneIsSearchedForInTheWholeOfALongText() {
        String text = "SELECT '" + "x".repeat(250_000) + "' FROM queue";
        assertThat(TextRule.of("from +queue$").search(text)).isEqualTo(Match.FOUND);
        assertThat(TextRule.of("from +stack$").search(text)).isEqualTo(Match.NOT_FOUND);
    }

    /** Each would hold up a carrier for minutes, or end its thread. */
    @ParameterizedTest
    @ValueSource(strings = {"(x+)+y", "(x|xx)*y", "x*x*x*x*y", "(?:x|z)*y"})
    void oneThatATextMakesTakeForEverIsGivenUp(String expression) {
        TextRule rule = TextRule.of(expression);
        assertThat(rule.search("SELECT '" + "x".repeat(250_000) + "'")).isEqualTo(Match.UNKNOWN);
        assertThat(rule.search("SELECT 'y'")).isNotEqualTo(Match.UNKNOWN);
    }

    @Test
    void thatIsToldOnce() {
        TextRule rule = TextRule.of("(x+)+y");
        assertThat(rule.isFirstTooCostly()).isTrue();
        assertThat(rule.isFirstTooCostly()).isFalse();
    }

    @Test
    void twoOfTheSameExpressionAreEqual() {
        assertThat(TextRule.of("a b")).isEqualTo(TextRule.of("a b")).hasSameHashCodeAs(TextRule.of("a b"));
        assertThat(TextRule.of("a b")).isNotEqualTo(TextRule.of("a  b")).hasToString("a b");
    }
}
