package pgrouter.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pgrouter.client.Memory;
import pgrouter.routing.StateTraits;

/** The state that a session wants, and its difference from the state of a server process. */
final class SessionStateTest {
    private static final Optional<String> TRUE = Optional.of("t");
    private static final Optional<String> FALSE = Optional.of("f");

    private final SessionState wanted = new SessionState(Memory.unlimited().begin());
    private final ServerState process = new ServerState();

    private static List<Optional<String>> setting(String name, String value) {
        return List.of(Optional.of("setting"), Optional.of(name), Optional.of(value), Optional.empty());
    }

    private static List<Optional<String>> pin(Pin pin, Optional<String> there, Optional<String> traced) {
        return List.of(Optional.of("pin"), Optional.of(pin.name()), there, traced);
    }

    private static String text(byte[] query) {
        return new String(query, StandardCharsets.ISO_8859_1);
    }

    private void answer(List<Optional<String>> row) {
        wanted.answered(StateAnswer.of(List.of(row)));
    }

    @Test
    void aPossibleChangeIsStaleUntilTheServerHasAnswered() {
        wanted.note(StateTraits.SETTINGS, List.of("work_mem"), List.of());
        assertThat(wanted.isStale()).isTrue();
        assertThat(text(wanted.stale().question())).contains("current_setting('work_mem', true)");
        assertThat(wanted.setting("work_mem")).isEmpty();
        answer(setting("work_mem", "1MB"));
        assertThat(wanted.isStale()).isFalse();
        assertThat(wanted.setting("work_mem")).contains("1MB");
    }

    @Test
    void aProcessLacksWhatTheSessionWantsUntilItIsNotedThere() {
        assertThat(process.to(wanted)).isSameAs(StateDiff.NONE);
        wanted.assigned("work_mem", "1MB");
        assertThat(process.to(wanted).queries())
                .extracting(SessionStateTest::text)
                .singleElement()
                .asString()
                .contains("set_config('work_mem', '1MB', false)");
        process.has(wanted);
        assertThat(process.to(wanted)).isSameAs(StateDiff.NONE);
    }

    @Test
    void aLockPinsTheSessionWhileItExists() {
        wanted.note(StateTraits.ADVISORY, List.of(), List.of());
        assertThat(wanted.pin()).isEmpty();
        answer(pin(Pin.ADVISORY, TRUE, Optional.empty()));
        assertThat(wanted.pin()).contains(Pin.ADVISORY);
        wanted.note(StateTraits.ADVISORY, List.of(), List.of());
        answer(pin(Pin.ADVISORY, FALSE, Optional.empty()));
        assertThat(wanted.pin()).isEmpty();
        assertThat(wanted.isUndoable()).isTrue();
    }

    @Test
    void aTemporarySchemaStaysInTheProcessWhenItsLastTableIsGone() {
        wanted.note(StateTraits.TEMPORARY, List.of(), List.of());
        answer(pin(Pin.TEMPORARY, FALSE, TRUE));
        assertThat(wanted.pin()).isEmpty();
        assertThat(wanted.isUndoable()).isFalse();
    }

    @Test
    void aLoadedLibraryPinsTheSessionForGood() {
        wanted.note(StateTraits.LOADS, List.of(), List.of());
        assertThat(wanted.isStale()).isFalse();
        assertThat(wanted.pin()).contains(Pin.LOAD);
        assertThat(wanted.isPinnedForGood()).isTrue();
    }

    @Test
    void theAnswerListsThePreparedStatementsThatThereAre() {
        wanted.note(StateTraits.STATEMENTS, List.of(), List.of("made", "gone"));
        assertThat(wanted.stale().statements()).containsExactlyInAnyOrder("made", "gone");
        StateAnswer answer = StateAnswer.of(List.of(
                List.of(Optional.of("statement"), Optional.of("made"), Optional.of("PREPARE made AS SELECT 1"), TRUE)));
        wanted.answered(answer);
        assertThat(answer.statement("made").orElseThrow().bySql()).isTrue();
        assertThat(answer.statement("gone")).isEmpty();
        assertThat(wanted.stale().statements()).isEmpty();
    }

    @Test
    void aPlainParameterIsReset() {
        wanted.assigned("work_mem", "1MB");
        process.has(wanted);
        wanted.reset(List.of("work_mem"));
        assertThat(wanted.settings()).isEqualTo(Map.of());
        assertThat(process.to(wanted).queries())
                .extracting(SessionStateTest::text)
                .containsExactly("RESET work_mem\0");
    }
}
