package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RefusalTest {
    @ParameterizedTest
    @ValueSource(strings = {"25006", "0A000", "55000", "XX000", "58P01"})
    void whatAStandbyCannotDoGoesToTheWriter(String sqlState) {
        assertThat(Refusal.of(sqlState, "")).isEqualTo(Refusal.REDIRECT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01", "57P04", "3F000", "26000", "34000", "42P01", "42704", "42883", "42601"})
    void whatMayBeLagOrSessionStateIsAskedAgain(String sqlState) {
        assertThat(Refusal.of(sqlState, "")).isEqualTo(Refusal.SECOND_OPINION);
    }

    /** Also what differs from a refusal in its last letter, and what no server sends. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "22012", "23505", "25P01", "25P02", "57014", "53300", "P0001", "25001", "0A001", "XX001", "XXXXX", "",
                "4"
            })
    void anyOtherErrorIsTheAnswer(String sqlState) {
        assertThat(Refusal.of(sqlState, "")).isEqualTo(Refusal.NONE);
    }

    @Test
    void aPreparedStatementWhoseResultHasChangedIsTheAnswer() {
        assertThat(Refusal.of("0A000", "RevalidateCachedQuery")).isEqualTo(Refusal.NONE);
    }
}
