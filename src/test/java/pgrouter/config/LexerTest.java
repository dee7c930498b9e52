package pgrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LexerTest {
    private static List<String> tokens(String text) throws ConfigException {
        Problems problems = new Problems("f");
        List<String> tokens =
                new Lexer(text, problems).tokens().stream().map(Token::toString).toList();
        problems.throwIfAny();
        return tokens;
    }

    @Test
    void everyTokenKnowsItsLineAndColumn() throws ConfigException {
        assertThat(tokens("a b;\n  c {\n}"))
                .containsExactly(
                        "1:1 `a`",
                        "1:3 `b`",
                        "1:4 `;`",
                        "1:5 end of line",
                        "2:3 `c`",
                        "2:5 `{`",
                        "2:6 end of line",
                        "3:1 `}`",
                        "3:2 end of file");
    }

    @Test
    void anEmptyTextIsItsEndOnly() throws ConfigException {
        assertThat(tokens("")).containsExactly("1:1 end of file");
    }

    @Test
    void columnsCountCharactersNotBytesOrJavaChars() throws ConfigException {
        assertThat(tokens("'é😀' x")).containsExactly("1:1 the string \"é😀\"", "1:6 `x`", "1:7 end of file");
    }

    @Test
    void carriageReturnsTabsAndAByteOrderMarkAreBlank() throws ConfigException {
        assertThat(tokens("\uFEFFa\t\f\u000Bb\r\n"))
                .containsExactly("1:1 `a`", "1:5 `b`", "1:7 end of line", "2:1 end of file");
    }

    @Test
    void aCommentEndsWithItsLine() throws ConfigException {
        assertThat(tokens("a # b { ' \" ;\nc#d"))
                .containsExactly("1:1 `a`", "1:14 end of line", "2:1 `c`", "2:4 end of file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"aZ09_-+/:.,!*", "10.0.0.1:5432", "*:5432", "[::1]", "[fe80::1%eth0]:5432", "ALL:!EXP:!LOW"})
    void aWordIsOneToken(String word) throws ConfigException {
        assertThat(tokens(word)).startsWith("1:1 `" + word + "`").hasSize(2);
    }

    @Test
    void marksAndQuotesEndAWord() throws ConfigException {
        assertThat(tokens("a{b}c;d'e'"))
                .containsExactly(
                        "1:1 `a`",
                        "1:2 `{`",
                        "1:3 `b`",
                        "1:4 `}`",
                        "1:5 `c`",
                        "1:6 `;`",
                        "1:7 `d`",
                        "1:8 the string \"e\"",
                        "1:11 end of file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\\t\\r\\n\\\\\\'\\\"\"", "'\\t\\r\\n\\\\\\'\\\"'"})
    void bothQuotesKnowAllEscapes(String quoted) {
        assertThat(new Lexer(quoted, new Problems("f")).tokens().get(0).text()).isEqualTo("\t\r\n\\'\"");
    }

    @Test
    void theOtherQuoteNeedsNoEscape() {
        assertThat(new Lexer("'a\"b' \"c'd\"", new Problems("f")).tokens())
                .extracting(Token::text)
                .containsExactly("a\"b", "c'd", "");
    }

    @Test
    void aStringMayHoldAnythingOfItsLine() {
        assertThat(new Lexer("\"a # b { c; }\"", new Problems("f"))
                        .tokens()
                        .get(0)
                        .text())
                .isEqualTo("a # b { c; }");
    }

    @Test
    void anUnknownEscapeIsReportedWhereItIs() {
        assertThat(Texts.problemsOf("user \"a\\eb\\q\""))
                .containsExactly(
                        "f:1:8: expected one of \\t \\r \\n \\\\ \\' \\\" in a string, found another escape",
                        "f:1:11: expected one of \\t \\r \\n \\\\ \\' \\\" in a string, found another escape");
    }

    @Test
    void aStringWithoutItsEndIsReportedAtItsStartAndSpoilsOneLineOnly() {
        assertThat(Texts.problemsOf("user \"abc\ngroup 'x\nworkers 0"))
                .containsExactly(
                        "f:1:6: expected a closing \", found end of line",
                        "f:2:7: expected a closing ', found end of line",
                        "f:3:9: expected a number from 1 to 1024, found `0`");
    }

    @ParameterizedTest
    @ValueSource(strings = {"user 'abc", "user 'abc\\", "user 'abc\\'", "user '"})
    void aStringMayNotEndWithTheFile(String text) {
        assertThat(Texts.problems("authdb a; backend b;" + text))
                .containsExactly("f:1:26: expected a closing ', found end of file");
    }

    @Test
    void aCharacterThatNeedsQuotesIsNamedAtItsPlace() {
        assertThat(Texts.problemsOf("user a@b@c\ngroup x\u00A0y\npidfile a\u0001"))
                .containsExactly(
                        "f:1:7: expected quotes around a word with more than A-Z a-z 0-9 _-+/:.,!*, found `@`",
                        "f:2:8: expected quotes around a word with more than A-Z a-z 0-9 _-+/:.,!*, found `U+00A0`",
                        "f:3:10: expected quotes around a word with more than A-Z a-z 0-9 _-+/:.,!*, found `U+0001`");
    }

    @Test
    void bracketsArePartOfAWordOnlyWhereItBeginsWithOne() {
        assertThat(Texts.problemsOf("user a[1]"))
                .containsExactly(
                        "f:1:7: expected quotes around a word with more than A-Z a-z 0-9 _-+/:.,!*, found `[`");
    }
}
