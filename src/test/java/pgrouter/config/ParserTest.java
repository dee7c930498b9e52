package pgrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ParserTest {
    /** The tree on one line: {@code name(argument,argument){inner}}. */
    private static String tree(String text) throws ConfigException {
        Problems problems = new Problems("f");
        List<Directive> directives = new Parser(new Lexer(text, problems).tokens(), problems).directives();
        problems.throwIfAny();
        return shown(directives);
    }

    private static String shown(List<Directive> directives) {
        return directives.stream().map(ParserTest::shown).collect(Collectors.joining(" "));
    }

    private static String shown(Directive directive) {
        String arguments = directive.arguments().stream().map(Token::text).collect(Collectors.joining(","));
        String block = directive
                .block()
                .map(given -> "{" + shown(given.directives()) + "}")
                .orElse("");
        return directive.name().text() + "(" + arguments + ")" + block;
    }

    @ParameterizedTest
    @ValueSource(strings = {"a 1\nb 2 3", "a 1; b 2 3;", ";;a 1;\n;b 2 3\n\n", "a 1 # x\n# y\nb 2 3 # z"})
    void aDirectiveEndsAtItsLineOrAtASemicolon(String text) throws ConfigException {
        assertThat(tree(text)).isEqualTo("a(1) b(2,3)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a 1 { b 2; c 3 } d 4",
                "a 1 {b 2\nc 3}\nd 4",
                "a 1\n{\n  b 2\n  c 3\n}\nd 4",
                "a 1 # x\n\n# y\n{ b 2; c 3; }; d 4"
            })
    void aBlockMayBeginOnALaterLine(String text) throws ConfigException {
        assertThat(tree(text)).isEqualTo("a(1){b(2) c(3)} d(4)");
    }

    @Test
    void anEmptyBlockMayBeLeftOut() throws ConfigException {
        assertThat(tree("a 1 { }\na 2\n{\n}\na 3\na 4")).isEqualTo("a(1){} a(2){} a(3) a(4)");
    }

    @Test
    void aBlockDoesNotFollowASemicolon() {
        assertThat(Texts.problemsOf("health; { check 1s }")).containsExactly("f:1:9: expected a directive, found `{`");
    }

    @Test
    void aBraceWithoutPartnerIsReported() {
        assertThat(Texts.problemsOf("}\nuser x }"))
                .containsExactly("f:1:1: expected a directive, found `}`", "f:2:8: expected a directive, found `}`");
    }

    @Test
    void aBlockWithoutEndSaysWhereItBegan() {
        assertThat(Texts.problems("authdb a\nbackend b\nhealth {\n  check 1s\n"))
                .containsExactly("f:5:1: expected `}` for the `{` of `health` on line 3, found end of file");
    }

    @Test
    void blocksDoNotNest() {
        assertThat(Texts.problemsOf("health { check 1s { a { b } } timeout 2x }"))
                .containsExactly(
                        "f:1:19: expected a directive or `}`, found `{`",
                        "f:1:39: expected a time such as 3s, 2m, 1h or 200ms, found `2x`");
    }

    @Test
    void deepNestingIsOneProblem() {
        assertThat(Texts.problemsOf("{".repeat(100_000) + "}".repeat(100_000)))
                .containsExactly("f:1:1: expected a directive, found `{`");
    }
}
