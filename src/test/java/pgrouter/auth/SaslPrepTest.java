package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 4013, with raw passwords where the RFC has an error. */
final class SaslPrepTest {
    /** Section 3. */
    @ParameterizedTest
    @CsvSource({"I\u00adX, IX", "user, user", "USER, USER", "\u00aa, a", "\u2168, IX"})
    void preparesTheExamplesOfTheRfc(String password, String prepared) {
        assertThat(SaslPrep.prepare(password)).isEqualTo(prepared);
    }

    /** Section 3: prohibited character, bidirectional check. */
    @ParameterizedTest
    @ValueSource(strings = {"\u0007", "\u06271"})
    void leavesTheProhibitedExamplesOfTheRfcAsTheyAre(String password) {
        assertThat(SaslPrep.prepare(password)).isEqualTo(password);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0007",
                "\u007f",
                "\u0085",
                "\u0340",
                "\u06dd",
                "\u200e",
                "\u2028",
                "\u2061",
                "\u2ff0",
                "\ue000",
                "\ufdd0",
                "\ufff9",
                "\ufffd",
                "\uffff",
                "\ud834\udd73",
                "\udb40\udc41",
                "\udbff\udffd",
                "\u05d0",
                "\u0221",
                "\ud83d\ude00"
            })
    void oneProhibitedCharacterLeavesTheWholePasswordAsItIs(String prohibited) {
        String password = "\ufb01\u00a0" + prohibited + "x";
        assertThat(SaslPrep.prepare(password)).isEqualTo(password);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00a0", "\u1680", "\u2000", "\u200b", "\u202f", "\u205f", "\u3000"})
    void everySpaceIsOne(String space) {
        assertThat(SaslPrep.prepare("a" + space + "b")).isEqualTo("a b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00ad", "\u034f", "\u1806", "\u180b", "\u200c", "\u200d", "\u2060", "\ufe00", "\ufe0f", "\ufeff"
            })
    void someCharactersAreMappedToNothing(String nothing) {
        assertThat(SaslPrep.prepare("a" + nothing + "b")).isEqualTo("ab");
    }

    @Test
    void aPasswordOfNothingButTheseStaysAsItIs() {
        assertThat(SaslPrep.prepare("\u00ad\u200d")).isEqualTo("\u00ad\u200d");
    }

    @Test
    void composedAndDecomposedAreTheSame() {
        assertThat(SaslPrep.prepare("cafe\u0301")).isEqualTo("caf\u00e9").isEqualTo(SaslPrep.prepare("caf\u00e9"));
    }

    @Test
    void whatRunsFromRightToLeftIsPreparedToo() {
        assertThat(SaslPrep.prepare("\u05d0\u00a01\u05d1")).isEqualTo("\u05d0 1\u05d1");
    }
}
