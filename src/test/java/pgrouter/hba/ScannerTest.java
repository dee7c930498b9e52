package pgrouter.hba;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text to words, as {@code next_token} of hba.c does it. */
final class ScannerTest {
    private static List<Entry> entries(String text) {
        return new EntryReader(new HbaProblems()).entries(Path.of("hba"), text, 0);
    }

    /** A word that begins with a quote is shown in quotes, the words of a field with + between them. */
    private static String shown(String text) {
        return entries(text).stream()
                .map(entry -> entry.fields().stream().map(ScannerTest::shown).collect(Collectors.joining(" ")))
                .collect(Collectors.joining("; "));
    }

    private static String shown(List<Token> field) {
        return field.stream()
                .map(token -> token.quoted() ? "'" + token.text() + "'" : token.text())
                .collect(Collectors.joining("+"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "a b|a b",
                "  a\t b  |a b",
                "a,b c|a+b c",
                "a, b,\t c d|a+b+c d",
                "a ,b|a b",
                ",,a,,b,|a+b",
                "a# b c|a",
                "# a|",
                "a,#b|a",
                "\"a b\" c|'a b' c",
                "\"a,b\",c|'a,b'+c",
                "\"a#b\"|'a#b'",
                "\"\" a|'' a",
                "\"all\"|'all'",
                "a\"l\"l|all",
                "a\"b c\"d|ab cd",
                "\"a\"\"b\"|'a\"b'",
                "\"a\"b\"c\"|'abc'",
                "\"\"\"a\"|'\"a'",
                "\"\"\"\"|'\"'",
                "\"a\" \"b\"|'a' 'b'",
                "a\"\"|a",
                "a\\b|a\\b",
                "/^a,b$/|/^a+b$/"
            })
    void partsALineAsPostgresqlDoes(String line, String expected) {
        assertThat(shown(line)).isEqualTo(expected == null ? "" : expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "a\\n b|a; b",
                "a\\\\\\n b|a b",
                "a\\\\\\nb|ab",
                "a \\\\\\n\\\\\\nb|a b",
                "a\\\\\\r\\nb\\r\\n|ab",
                "a \\\\ \\nb|a \\; b",
                "\"a\\\\\\nb\"|'ab'",
                "# a\\\\\\nb\\nc|c",
                "a\\\\|a",
                "a\\\\\\n|a",
                "\\n\\n a \\n\\n|a"
            })
    void aBackslashAtTheEndContinuesALine(String lines, String expected) {
        String text = lines.replace("\\\\", "\0")
                .replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace('\0', '\\');
        assertThat(shown(text)).isEqualTo(expected);
    }

    @Test
    void everyWordKnowsWhereItStands() {
        List<Token> words = entries("\n  one two\\\nthree \\\n  \u00e4\ud83d\ude00,four\n").getFirst().fields().stream()
                .flatMap(List::stream)
                .toList();
        assertThat(words)
                .extracting(token -> token.text() + " " + token.place().line() + ":"
                        + token.place().column())
                .containsExactly("one 2:3", "twothree 2:7", "\u00e4\ud83d\ude00 4:3", "four 4:6");
    }

    @Test
    void aByteOrderMarkIsNoLetter() {
        assertThat(shown("\uFEFFa b")).isEqualTo("a b");
    }

    @Test
    void anUnclosedQuoteIsAProblem() {
        assertThat(Texts.problems("host all \"a all trust\n"))
                .first()
                .isEqualTo("hba:1:10: expected a closing \", found end of line");
    }
}
