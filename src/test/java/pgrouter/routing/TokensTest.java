package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.routing.Tokens.Kind;

/**
 * A text's shape is a letter for each token: w(ord), q(uoted), s(tring), n(umber), u(nclear), and each symbol as itself. In the
 * tables below {@code ^} stands for a line break and {@code "} quotes names only; the expected shapes are those of scan.l.
 */
final class TokensTest {
    private static final long SEED = 5432;
    private static final List<String> PIECES = List.of(
            "select", "e", "E", "b", "x", "n", "U&", "u", "&", "'", "''", "\"", "\"\"", "\\", "$", "$$", "$a$", "$1",
            "/*", "*/", "/", "*", "--", "-", "\n", "\r", " ", "\f", "(", ")", ";", "0", "1e", "é", "\uFEFF", ",", "+",
            "_");

    private static String shape(String text, boolean backslashEscapes) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return shape(bytes, 0, bytes.length, backslashEscapes);
    }

    private static String shape(byte[] bytes, int start, int end, boolean backslashEscapes) {
        Tokens tokens = new Tokens();
        tokens.reset(bytes, start, end, backslashEscapes);
        StringBuilder shape = new StringBuilder();
        for (Kind kind = tokens.next(); kind != Kind.END; kind = tokens.next()) {
            shape.append(kind == Kind.SYMBOL ? (char) tokens.symbol() : letter(kind));
            assertThat(shape.length()).isLessThanOrEqualTo(end - start);
        }
        return shape.toString();
    }

    private static char letter(Kind kind) {
        return Character.toLowerCase(kind.name().charAt(0));
    }

    private static String standardShape(String text) {
        return shape(text.replace('^', '\n'), false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        SELECT f(1)               | ww(n)
        a.b "C d"::t;             | w.wq::w;
        a1_$é + -5.25             | w+-n.n
        $1 $23a                   | nnw
        1e5 0x1F 1_000            | nwnwnw
        `a b\tc`                  | www
        """)
    void wordsNumbersAndSymbolsAreCutApart(String text, String shape) {
        assertThat(standardShape(text)).isEqualTo(shape);
    }

    @Test
    void everyBlankOfPostgresSeparatesAndNoOtherDoes() {
        assertThat(standardShape("a b\tc\nd\re\ff\u000bg")).isEqualTo("wwwwwww");
        assertThat(standardShape("a\u00a0b\u2003c\uFEFFd")).isEqualTo("w");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        /* a */b                  | w
        a/* b /* c */ d */e       | ww
        /* a /* b */ c            | ``
        /**/a/***/b/****/c        | www
        /*/ */a                   | w
        /*/*/ */ */a              | w
        /**/ */ a                 | */w
        a+/* */b                  | w+w
        a/ *b                     | w/*w
        /* ' */a                  | w
        /* -- */a                 | w
        /* $$ */a                 | w
        """)
    void blockCommentsNestAndHideAllElse(String text, String shape) {
        assertThat(standardShape(text)).isEqualTo(shape);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        a--b                      | w
        a--b^c                    | ww
        a-- /* ^c                 | ww
        a-- '^c                   | ww
        a- -b                     | w--w
        a+--b^c                   | w+w
        """)
    void aLineCommentEndsWithItsLine(String text, String shape) {
        assertThat(standardShape(text)).isEqualTo(shape);
        assertThat(shape(text.replace('^', '\r'), false)).isEqualTo(shape);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        $$;$$a                    | sw
        $$ ' -- /* $$a            | sw
        $a$ $b$ $a$b              | sw
        $a$$b$a$c                 | sw
        $$ $a$$b                  | sw
        $a$ $a $aa$ $a$b          | sw
        $a$ $A$ b                 | s
        $é$ ; $é$ b               | sw
        a$$b$$c                   | w
        $1$$x$$                   | ns
        $a b                      | $ww
        $ $                       | $$
        $a-b$                     | $w-w
        """)
    void aDollarStringEndsAtItsOwnTag(String text, String shape) {
        assertThat(standardShape(text)).isEqualTo(shape);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        'a''b'c                   | sw
        'a\\'b                    | sw
        'a\\''b';c                | s;w
        'a"b--c/*'d               | sw
        b'\\'c                    | sw
        x'\\'c                    | sw
        n'\\'c                    | sw
        U&'\\'c                   | sw
        u& 'a'                    | w&s
        u&x                       | w&w
        ab'\\'c                   | wsw
        éE'\\'c                   | wsw
        1e'\\''c                  | nsw
        """)
    void inAStandardStringABackslashIsALetter(String text, String shape) {
        assertThat(standardShape(text)).isEqualTo(shape);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        E'a\\'b'c                 | sw
        e'\\\\'c                  | sw
        E'\\''';c                 | s
        E'a^\\'b'c                | sw
        E 'a\\'b                  | wsw
        """)
    void inAnEscapeStringABackslashTakesTheNextLetter(String text, String shape) {
        assertThat(standardShape(text)).isEqualTo(shape);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        E'a'^'\\''b               | sw
        E'a' ^^ '\\''b            | sw
        E'a' -- c^'\\''b          | sw
        E'a'^-- c^ '\\''b         | sw
        E'a'^'c'^'\\''b           | sw
        E'a' '\\'b                | ssw
        E'a'/*^*/'\\'b            | ssw
        E'a'^/**/'\\'b            | ssw
        E'a'^,'\\'b               | s,sw
        'a'^'\\'b                 | ssw
        """)
    void anEscapeStringGoesOnBehindALineBreak(String text, String shape) {
        assertThat(standardShape(text)).isEqualTo(shape);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        'a\\'b'c                  | sw
        'a'^'\\''b                | sw
        n'\\'c'd                  | sw
        b'\\'c                    | sw
        "\\"c                     | qw
        $$\\$$c                   | sw
        """)
    void withoutStandardStringsABackslashEscapesInPlainStringsToo(String text, String shape) {
        assertThat(shape(text.replace('^', '\n'), true)).isEqualTo(shape);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        "a"b                      | qw
        "a""b"c                   | qw
        "a'b--c/*"d               | qw
        "a\\"b                    | qw
        U&"a"b                    | uw
        u&"a""b"c                 | uw
        """)
    void aQuotedNameEndsAtASingleQuote(String text, String shape) {
        assertThat(standardShape(text)).isEqualTo(shape);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        a(b                       | true
        a /* ( */ -- x^ (b        | true
        a b(                      | false
        a /* (                    | false
        a                         | false
        """)
    void theNextParenthesisIsSeenBehindBlanksAndComments(String text, boolean before) {
        byte[] bytes = text.replace('^', '\n').getBytes(StandardCharsets.UTF_8);
        Tokens tokens = new Tokens();
        tokens.reset(bytes, 0, bytes.length, false);
        Kind kind = tokens.next();
        assertThat(tokens.beforeParenthesis()).isEqualTo(before);
        assertThat(tokens.word(kind)).isEqualTo(Word.OTHER);
        assertThat(tokens.next()).isEqualTo(before ? Kind.SYMBOL : text.startsWith("a b") ? Kind.WORD : Kind.END);
    }

    @Test
    void aTextThatIsCutOffAnywhereEnds() {
        String text = "SELECT E'a\\''\n'b' U&\"c\"\"d\" $t$ $ $t$ \"e\"\"f\" /* /* */ */ n'x' b'1' U&'y' -- z\n$1 1.5";
        assertThat(standardShape(text)).isEqualTo("wsusqsssnn.n");
        IntStream.range(0, text.length())
                .mapToObj(length -> text.substring(0, length))
                .forEach(prefix -> assertThat(shape(prefix, true).length()).isLessThanOrEqualTo(prefix.length()));
    }

    /** In a buffer that holds more than the text, nothing behind its end may be looked at. */
    @ParameterizedTest
    @ValueSource(strings = {"'", "*/", "$$", "\"", "a", "(", "\n'", "&'"})
    void whatStandsAroundTheTextDoesNotMatter(String around) {
        Random random = new Random(SEED);
        for (int i = 0; i < 2_000; i++) {
            String text = randomText(random);
            boolean backslashEscapes = random.nextBoolean();
            byte[] bytes = (around + text + around).getBytes(StandardCharsets.UTF_8);
            int start = around.length();
            int end = bytes.length - around.length();
            assertThat(shape(bytes, start, end, backslashEscapes)).as(text).isEqualTo(shape(text, backslashEscapes));
        }
    }

    @Test
    void randomBytesEnd() {
        Random random = new Random(SEED);
        int tokens = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            tokens += shape(bytes, 0, bytes.length, random.nextBoolean()).length();
        }
        assertThat(tokens).isGreaterThan(100_000);
    }

    static Stream<String> repetitions() {
        return Stream.of(
                "/*", "/*/", "*/", "/**/", "$a", "$a$", "$a$b", "$", "'", "E'", "E''\n", "E''--\n", "\"", "U&\"", "U&",
                "--", "-- \n", "(", "a ", "a(", "a/**/", "a--\n", "1e", "\\", "é");
    }

    /** A step that looks at the rest of the text for each token would not come to an end here. */
    @ParameterizedTest
    @MethodSource("repetitions")
    void aMegabyteOfTheSameIsPassedOnce(String piece) {
        String text = piece.repeat(1024 * 1024 / piece.length());
        assertThat(shapeLength(text, false)).isLessThanOrEqualTo(text.length());
        assertThat(shapeLength(text, true)).isLessThanOrEqualTo(text.length());
    }

    private static int shapeLength(String text, boolean backslashEscapes) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Tokens tokens = new Tokens();
        tokens.reset(bytes, 0, bytes.length, backslashEscapes);
        int count = 0;
        while (tokens.next() != Kind.END) {
            count += tokens.beforeParenthesis() ? 0 : 1;
        }
        return count;
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int pieces = random.nextInt(20); pieces > 0; pieces--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }
}
