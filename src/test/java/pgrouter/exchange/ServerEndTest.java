package pgrouter.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.exchange.ServerEnd.ASKED;
import static pgrouter.exchange.ServerEnd.REPLACED;
import static pgrouter.exchange.ServerEnd.TOLD;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the end of a server's process means for the session. */
final class ServerEndTest {
    @ParameterizedTest
    @ValueSource(strings = {"25P03", "25P04", "08P01", "08006", "53200", "XX000", "28000"})
    void whatTheServerEndsItsSessionForIsTheClients(String sqlState) {
        assertThat(ServerEnd.of(sqlState, true, false, true)).isEqualTo(TOLD);
        assertThat(ServerEnd.of(sqlState, false, false, false)).isEqualTo(TOLD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"57P02", "57P03"})
    void aNodeThatGoesAwayIsReplaced(String sqlState) {
        assertThat(ServerEnd.of(sqlState, true, false, true)).isEqualTo(REPLACED);
        assertThat(ServerEnd.of(sqlState, false, false, true)).isEqualTo(REPLACED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"57P01", "57P02", "57P03", "57P05"})
    void whatIsTiedToItsServerEndsInTheServersWords(String sqlState) {
        assertThat(ServerEnd.of(sqlState, true, true, false)).isEqualTo(TOLD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "57P04"})
    void aRecoveryConflictIsTheStandbysOwnTrouble(String sqlState) {
        assertThat(ServerEnd.of(sqlState, false, false, true)).isEqualTo(REPLACED);
        assertThat(ServerEnd.of(sqlState, true, false, true)).isEqualTo(TOLD);
    }

    @Test
    void onlyWhatTheClientUsedLastHasIdledAsLongAsTheClient() {
        assertThat(ServerEnd.of("57P05", false, false, true)).isEqualTo(TOLD);
        assertThat(ServerEnd.of("57P05", false, false, false)).isEqualTo(REPLACED);
        assertThat(ServerEnd.of("57P05", true, false, false)).isEqualTo(REPLACED);
    }

    @Test
    void anAdministratorIsToldFromANodeThatGoesAway() {
        assertThat(ServerEnd.of("57P01", true, false, true)).isEqualTo(ASKED);
        assertThat(ServerEnd.of("57P01", false, false, false)).isEqualTo(ASKED);
        assertThat(ServerEnd.of(OptionalLong.of(100), 200)).isEqualTo(TOLD);
        assertThat(ServerEnd.of(OptionalLong.of(300), 200)).isEqualTo(REPLACED);
        assertThat(ServerEnd.of(OptionalLong.empty(), 200)).isEqualTo(REPLACED);
        assertThat(ServerEnd.of(OptionalLong.of(Long.MAX_VALUE - 5), Long.MIN_VALUE + 5))
                .isEqualTo(TOLD);
    }
}
