package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How an authdb looks after a user has got another password. */
final class AuthDbTextTest {
    private static final Credential.Entry MD5 = new Credential.Md5("4d45974e13472b5a0be3533de4666414");
    private static final String LINE = "app md5 4d45974e13472b5a0be3533de4666414";

    private static String put(String before) {
        return AuthDbText.of(before, Map.of("app", MD5)).text();
    }

    @Test
    void theFirstUserIsTheFirstLine() {
        assertThat(AuthDbText.of("", Map.of("app", MD5))).isEqualTo(new AuthDbText(LINE + "\n", 1, 0));
    }

    @Test
    void aNewUserFollowsAtTheEnd() {
        assertThat(put("# all users\n\nother  plain\t'x'   # why\n"))
                .isEqualTo("# all users\n\nother  plain\t'x'   # why\n" + LINE + "\n");
    }

    @Test
    void aLastLineWithoutEndGetsOne() {
        assertThat(put("other plain x")).isEqualTo("other plain x\n" + LINE + "\n");
        assertThat(put("\uFEFF# comment")).isEqualTo("\uFEFF# comment\n" + LINE + "\n");
    }

    @Test
    void aUserWhoIsThereKeepsTheLine() {
        assertThat(AuthDbText.of("a plain x\n  'app'\tplain  secret  \n\n  b plain  y ", Map.of("app", MD5)))
                .isEqualTo(new AuthDbText("a plain x\n" + LINE + "\n\n  b plain  y ", 0, 1));
    }

    @Test
    void theCommentAtTheEndOfTheLineStays() {
        assertThat(put("app plain se#cret\t #  the \u00e9\ud83d\ude00  # app \n"))
                .isEqualTo(LINE + " #  the \u00e9\ud83d\ude00  # app \n");
        assertThat(put("'app' plain '\ud83d\ude00#'# the app")).isEqualTo(LINE + " # the app");
    }

    @Test
    void lineBreaksStayAsTheyAre() {
        assertThat(put("a plain x\r\napp plain y\r\nb plain z\n"))
                .isEqualTo("a plain x\r\n" + LINE + "\r\nb plain z\n");
        assertThat(put("a plain x\r\nb plain y")).isEqualTo("a plain x\r\nb plain y\r\n" + LINE + "\r\n");
    }

    @Test
    void theByteOrderMarkIsNoPartOfAName() {
        assertThat(put("\uFEFFapp plain x\n")).isEqualTo("\uFEFF" + LINE + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"APP plain x\n", "# app plain x\n", "b plain app\n", "apps plain x\n", "'app'x plain y\n"})
    void otherLinesAreNotTheUsers(String line) {
        assertThat(put(line)).isEqualTo(line + LINE + "\n");
    }

    @Test
    void aBrokenLineOfTheUserIsRepaired() {
        assertThat(put("app plain 'secret # \nb plain x\n")).isEqualTo(LINE + "\nb plain x\n");
        assertThat(put("app\n")).isEqualTo(LINE + "\n");
    }

    @Test
    void manyUsersArePutInAtOnce() {
        Map<String, Credential.Entry> entries = new LinkedHashMap<>();
        List.of("d", "b", "c").forEach(user -> entries.put(user, MD5));
        AuthDbText after = AuthDbText.of("a plain x\nb plain y\n", entries);
        assertThat(after.text().lines().map(line -> line.substring(0, 7)))
                .containsExactly("a plain", "b md5 4", "d md5 4", "c md5 4");
        assertThat(after).extracting(AuthDbText::added, AuthDbText::changed).containsExactly(2, 1);
    }

    @Test
    void noSecretIsShown() {
        assertThat(AuthDbText.of("a plain x", Map.of("app", MD5)).toString()).isEqualTo("AuthDbText[hidden]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b",
                "#a",
                "a#b",
                "'a",
                "\"",
                "it's",
                "a\\",
                "a \\n\t\r\n\f'\"# b",
                "\n",
                "\uFEFFa",
                "\u00e9 \ud83d\ude00",
                "md5",
                "\u2028\u0085\u001b"
            })
    void everyNameIsReadBack(String name) throws AuthDbException {
        String first =
                AuthDbText.of("", Map.of(name, new Credential.Plain(name))).text();
        String again = AuthDbText.of(first, Map.of(name, MD5)).text();
        assertThat(AuthDb.parse(first, "authdb").find(name)).contains(new Credential.Plain(name));
        assertThat(AuthDb.parse(again, "authdb").find(name)).contains(MD5);
        assertThat(again).hasLineCount(first.lines().toList().size());
    }

    @Test
    void aNameIsOnlyQuotedWhereItMustBe() {
        assertThat(AuthDbLine.word("it's#1")).isEqualTo("it's#1");
        assertThat(AuthDbLine.word("#1 \"x\"")).isEqualTo("\"#1 \\\"x\\\"\"");
    }

    @RepeatedTest(5)
    void randomUsersAreReadBackAndLeaveTheOthersAlone(RepetitionInfo repetition) throws AuthDbException {
        Random random = new Random(repetition.getCurrentRepetition());
        List<String> pieces =
                List.of("a", "b", " ", "\t", "\n", "\r", "'", "\"", "\\", "#", "\u00e9", "\ud83d\ude00", "n");
        Map<String, Credential.Entry> users = new LinkedHashMap<>();
        String text = "# users\r\nroot plain secret";
        for (int i = 0; i < 200; i++) {
            StringBuilder name = new StringBuilder();
            random.ints(1 + random.nextInt(4), 0, pieces.size())
                    .mapToObj(pieces::get)
                    .forEach(name::append);
            Credential.Entry entry = new Credential.Plain("x" + random.nextInt());
            users.put(name.toString(), entry);
            text = AuthDbText.of(text, Map.of(name.toString(), entry)).text();
        }
        assertThat(text).startsWith("# users\r\nroot plain secret\r\n");
        AuthDb read = AuthDb.parse(text, "authdb");
        users.forEach((name, entry) -> assertThat(read.find(name)).contains(entry));
        assertThat(text.lines().filter(line -> line.contains(" plain "))).hasSize(users.size() + 1);
    }
}
