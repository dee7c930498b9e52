package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class StateTraitsTest {
    private static final StateTraits BOTH = StateTraits.SETTINGS.with(StateTraits.ADVISORY);

    @Test
    void aUnionHasTheTraitsOfBothSets() {
        assertThat(BOTH.has(StateTraits.SETTINGS)).isTrue();
        assertThat(BOTH.has(StateTraits.ADVISORY)).isTrue();
        assertThat(BOTH.has(StateTraits.TEMPORARY)).isFalse();
        assertThat(BOTH.without(StateTraits.SETTINGS)).isEqualTo(StateTraits.ADVISORY);
        assertThat(BOTH.only(StateTraits.PARAMETERS)).isEqualTo(StateTraits.SETTINGS);
    }

    @Test
    void noTraitIsNone() {
        assertThat(BOTH.without(BOTH)).isSameAs(StateTraits.NONE);
        assertThat(BOTH.only(StateTraits.TEMPORARY).isNone()).isTrue();
        assertThat(BOTH.has(StateTraits.NONE)).isFalse();
    }

    @Test
    void aSetIsUsedAgainWhereItHasAllOfTheOther() {
        assertThat(StateTraits.NONE.with(BOTH)).isSameAs(BOTH);
        assertThat(BOTH.with(StateTraits.NONE)).isSameAs(BOTH);
        assertThat(BOTH.with(StateTraits.ADVISORY)).isSameAs(BOTH);
        assertThat(StateTraits.ADVISORY.with(BOTH)).isSameAs(BOTH);
        assertThat(BOTH.without(StateTraits.TEMPORARY)).isSameAs(BOTH);
    }

    @Test
    void anUnknownFunctionMaySetAParameterThatTheServerReports() {
        assertThat(StateTraits.MAY_REPORT.has(StateTraits.UNKNOWN_FUNCTION)).isTrue();
        assertThat(StateTraits.MAY_MOVE.has(StateTraits.UNKNOWN_FUNCTION)).isTrue();
        assertThat(StateTraits.CHANGES.has(StateTraits.UNKNOWN_FUNCTION)).isFalse();
    }
}
