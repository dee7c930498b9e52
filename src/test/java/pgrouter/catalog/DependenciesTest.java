package pgrouter.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import pgrouter.catalog.Dependencies.Use;
import pgrouter.routing.StateTraits;
import pgrouter.routing.SuspectNames.Suspect;
import pgrouter.routing.Traits;

final class DependenciesTest {
    private static final Suspect CATCHES = Suspect.of(Traits.WRITER | Traits.MAY_WRITE);

    private final Dependencies dependencies = new Dependencies();

    /** A time that grew with the square of that would not end. */
    @Test
    void aLongChainIsFollowedToItsEnd() {
        int length = 300_000;
        for (int i = 0; i < length; i++) {
            dependencies.add("f" + i, "f" + (i + 1), Use.BOUND);
        }
        assertThat(dependencies.spread(Map.of("f" + length, CATCHES))).hasSize(length + 1);
    }

    @Test
    void aCircleEnds() {
        dependencies.add("fa", "fb", Use.BOUND);
        dependencies.add("fb", "fa", Use.BOUND);
        dependencies.add("fc", "fc", Use.BOUND);
        assertThat(dependencies.spread(Map.of("fa", CATCHES))).containsOnlyKeys("fa", "fb");
    }

    @Test
    void settingsReachAllThatIsBuiltOnWhatChangesThem() {
        dependencies.add("fcaller", "fone", Use.BOUND);
        dependencies.add("fcaller", "fother", Use.BOUND);
        Map<String, Suspect> found = dependencies.spread(Map.of(
                "fone", new Suspect(Traits.WRITER, StateTraits.SETTINGS, List.of("work_mem")),
                "fother", new Suspect(Traits.WRITER, StateTraits.SETTINGS, List.of("role"))));
        assertThat(found.get("fcaller").settings()).containsExactlyInAnyOrder("work_mem", "role");
    }

    @Test
    void whatReadsASequenceIsSuspiciousWhereverItStands() {
        dependencies.add("fnext", "rids", Use.BOUND);
        Suspect sequence = Suspect.of(Traits.WRITER | Traits.AS_RELATION);
        assertThat(dependencies.spread(Map.of("rids", sequence)).get("fnext").traits())
                .isEqualTo(Traits.WRITER);
    }
}
