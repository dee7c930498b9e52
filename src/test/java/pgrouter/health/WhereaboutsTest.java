package pgrouter.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Role;

/** What a node may answer to the question where it is, and what no PostgreSQL answers. */
final class WhereaboutsTest {
    private static List<Optional<String>> row(String... values) {
        return Arrays.stream(values).map(Optional::ofNullable).toList();
    }

    @Test
    void aPrimaryAndAStandbyAreRead() throws IOException {
        assertThat(Whereabouts.of(row("f", "16/B374D848", "16/B374D900", "f"), 4))
                .isEqualTo(new Whereabouts(Role.PRIMARY, Lsn.parse("16/B374D848"), Lsn.parse("16/B374D900"), false));
        assertThat(Whereabouts.of(row("t", "0/1", "0/2", null), 4))
                .isEqualTo(new Whereabouts(Role.STANDBY, Lsn.parse("0/1"), Lsn.parse("0/2"), false));
    }

    @Test
    void aStandbyMayHaveReplayedOrReceivedNothing() throws IOException {
        assertThat(Whereabouts.of(row("t", null, "0/2", null), 4))
                .isEqualTo(new Whereabouts(Role.STANDBY, Optional.empty(), Lsn.parse("0/2"), false));
        assertThat(Whereabouts.of(row("t", "0/1", null, null), 4))
                .isEqualTo(new Whereabouts(Role.STANDBY, Lsn.parse("0/1"), Optional.empty(), false));
    }

    /** No PostgreSQL answers anything else, and a commit that is taken for flushed could be missed. */
    @Test
    void whatAPrimaryDoesNotRuleOutIsPossible() throws IOException {
        assertThat(Whereabouts.of(row("f", "0/1", "0/1", "t"), 4).asynchronous())
                .isTrue();
        assertThat(Whereabouts.of(row("f", "0/1", "0/1", null), 4).asynchronous())
                .isTrue();
        assertThat(Whereabouts.of(row("f", "0/1", "0/1", "maybe"), 4).asynchronous())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "NULL",
            value = {
                "NULL | 0/1 | no boolean",
                "true | 0/1 | no boolean",
                "yes  | 0/1 | no boolean",
                "f    | NULL | no WAL position",
                "f    | '' | WAL position is none",
                "f    | garbage | WAL position is none",
                "f    | -1/0 | WAL position is none",
                "t    | FFFFFFFFF/0 | WAL position is none",
                "t    | 0/0/0 | WAL position is none"
            })
    void whatIsNoPositionIsAFaultOfTheNode(String recovery, String position, String why) {
        assertThatThrownBy(() -> Whereabouts.of(row(recovery, position, "0/1", "f"), 4))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
        assertThatThrownBy(() -> Whereabouts.of(row(recovery, "0/1", position, "f"), 4))
                .isInstanceOf(IOException.class);
    }

    @Test
    void soAreOtherColumns() {
        assertThatThrownBy(() -> Whereabouts.of(row(), 4)).hasMessageContaining("0 columns in place of 4");
        assertThatThrownBy(() -> Whereabouts.of(row("f", "0/1", "0/1", "f", "x"), 4))
                .hasMessageContaining("5 columns in place of 4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "zzzzzzzz", "FFFFFFFF0000000000000001", "80000000", "-0000001", "+000000g"})
    void andFilesOfNoTimeline(String file) {
        assertThatThrownBy(() -> Whereabouts.timelineOf(Optional.of(file))).hasMessageContaining("timeline is none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "x", "4294967295", ""})
    void andNumbersOfNoTimeline(String number) {
        assertThatThrownBy(() -> Whereabouts.timeline(Optional.of(number))).hasMessageContaining("timeline is none");
    }

    @Test
    void aTimelineIsReadFromEither() throws IOException {
        assertThat(Whereabouts.timelineOf(Optional.of("0000000A0000000000000001")))
                .isEqualTo(10);
        assertThat(Whereabouts.timeline(Optional.of("7"))).isEqualTo(7);
        assertThat(Whereabouts.timeline(Optional.empty())).isZero();
    }
}
