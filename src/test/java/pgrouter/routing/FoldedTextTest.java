package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FoldedTextTest {
    private static String folded(String text) {
        return folded(text, 1000);
    }

    private static String folded(String text, int most) {
        byte[] bytes = ("garbage" + text + "garbage").getBytes(StandardCharsets.UTF_8);
        return FoldedText.of(bytes, 7, bytes.length - 7, false, most);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT 1|SELECT ?",
                "select a.b, \"C d\" from t where x=$1 and y = 'secret'|select a.b, \"C d\" from t where x=$1 and y = ?",
                "SELECT  pg_sleep(0.2),'it''s'|SELECT pg_sleep(?.?),?",
                "SELECT /* secret */ 1 -- secret|SELECT ?",
                "SELECT E'secret\\'secret', $tag$secret$tag$, X'5ec7e7', U&'secret', N'secret'|SELECT ?, ?, ?, ?, ?",
                "SELECT 0x5ec7e7, 1e5, 1_000, 12secret|SELECT ?, ?, ?, ?",
                "SELECT U&\"secret\"|SELECT ?",
                "INSERT INTO größe VALUES ('ä')|INSERT INTO größe VALUES (?)",
            })
    void literalsAndCommentsAreLeftOut(String text, String shown) {
        assertThat(folded(text)).isEqualTo(shown);
    }

    @Test
    void lineBreaksBecomeBlanks() {
        assertThat(folded("SELECT a\r\n\tFROM t\n")).isEqualTo("SELECT a FROM t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 'secret", "SELECT E'secret\\", "SELECT $$secret", "SELECT /* secret"})
    void whatHasNoEndIsNotShown(String text) {
        assertThat(folded(text)).startsWith("SELECT").doesNotContain("secret");
    }

    @Test
    void moreThanTheMostIsLeftOut() {
        assertThat(folded("SELECT abc, def", 10)).isEqualTo("SELECT abc...");
        assertThat(folded("SELECT '" + "x".repeat(5000) + "'", 10)).isEqualTo("SELECT ?");
    }
}
