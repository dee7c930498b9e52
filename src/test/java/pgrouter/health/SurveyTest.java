package pgrouter.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.BackendTls;
import pgrouter.config.Health;

/** What is made of the answers of nodes; {@code ProbeIT} has what real ones answer. */
final class SurveyTest {
    private static final Health HEALTH =
            new Health(Duration.ofSeconds(1), Duration.ofSeconds(1), "postgres", "watcher", "sekrit");

    private static final long NOW = System.nanoTime();

    private static Backend backend(String name, long lag) {
        return new Backend(new Address.Host(name, 5432), BackendTls.OFF, lag, 100, Duration.ofSeconds(1));
    }

    private static Node primary(String name, int timeline, String system) {
        return Node.primary(backend(name, 1000), new Lsn(1_000_000), timeline, NOW)
                .of(system);
    }

    private static Node standby(String name, int timeline, long position, long askedAt) {
        return Node.standby(backend(name, 1000), Optional.of(new Lsn(position)), Optional.empty(), askedAt)
                .on(timeline)
                .of("1");
    }

    private static Finding finding(Node node, Finding.Receiver receiver) {
        return new Finding(
                node.backend(),
                List.of(),
                Optional.empty(),
                view -> view.with(node),
                Optional.empty(),
                Optional.of("18.1"),
                Optional.of(receiver));
    }

    private static Finding finding(Node node) {
        return finding(node, Finding.Receiver.SEEN);
    }

    private static Survey survey(Finding... findings) {
        ClusterView view = new ClusterView(List.of(findings).stream()
                .map(finding -> Node.unknown(finding.backend()))
                .toList());
        for (Finding finding : findings) {
            view = finding.news().apply(view);
        }
        return new Survey(HEALTH, view, List.of(findings));
    }

    @Test
    void nothingIsWrongWithAClusterThatFits() {
        Survey survey = survey(finding(primary("a", 2, "1")), finding(standby("b", 2, 999_500, NOW)));
        assertThat(survey.hasWriter()).isTrue();
        assertThat(survey.text()).isEqualTo("""
                backend  address  reached  TLS  login    role     timeline  lag in bytes  PostgreSQL
                a:5432   -        no       -    watcher  primary  2         -             18.1
                b:5432   -        no       -    watcher  standby  2         500           18.1

                writes go to a:5432; 1 of 2 backends take reads
                """);
    }

    @Test
    void aStandbyBeyondItsLimitGetsNoReads() {
        assertThat(survey(finding(primary("a", 1, "1")), finding(standby("b", 1, 990_000, NOW)))
                        .text())
                .contains("b:5432: it is 10000 bytes behind the primary, more than its limit of 1000", "raise `lag`")
                .endsWith("; 0 of 2 backends take reads\n");
    }

    @Test
    void aLagThatCouldNotBeMeasuredIsSaidToBeUnknown() {
        assertThat(survey(finding(primary("a", 1, "1")), finding(standby("b", 1, 999_999, NOW + 5_000_000_000L)))
                        .text())
                .contains("b:5432: how far it is behind the primary is not known");
    }

    @Test
    void ofTwoPrimariesOnOneTimelineOneIsUsedAndTheOtherNamed() {
        assertThat(survey(finding(primary("a", 1, "1")), finding(primary("b", 1, "1")))
                        .text())
                .contains("b:5432: it says that it is the primary, and so does a:5432", "There must be one primary")
                .contains("writes go to a:5432");
    }

    @Test
    void aStrangerIsNoSecondPrimary() {
        assertThat(survey(finding(primary("a", 1, "1")), finding(primary("b", 1, "2")))
                        .text())
                .contains("b:5432: it belongs to another cluster", "It is no copy of the others")
                .doesNotContain("There must be one primary");
    }

    @Test
    void aStandbyOfAnOldTimelineIsSaidToFollowSomethingElse() {
        assertThat(survey(finding(primary("a", 2, "1")), finding(standby("b", 1, 999_999, NOW)))
                        .text())
                .contains("b:5432: it follows timeline 1", "does not follow the present primary");
    }

    @Test
    void aStandbyWithoutReplicationOrWithAHiddenOneIsNamed() {
        String text = survey(
                        finding(primary("a", 1, "1")),
                        finding(standby("b", 1, 999_999, NOW), Finding.Receiver.NONE),
                        finding(standby("c", 1, 999_999, NOW), Finding.Receiver.HIDDEN))
                .text();
        assertThat(text).contains("b:5432: replication is not running", "GRANT pg_monitor TO watcher;");
    }

    @Test
    void whereNothingComesBackAFirewallMayBeTheCause() {
        Backend silent = backend("a", 1000);
        Finding finding = new Finding(
                silent,
                List.of(),
                Optional.empty(),
                view -> view.failed(silent.address(), node -> node.unanswering("no answer within 1000 ms")),
                Optional.of(new TimeoutException()),
                Optional.empty(),
                Optional.empty());
        Survey survey = survey(finding);
        assertThat(survey.hasWriter()).isFalse();
        assertThat(survey.text()).contains("a:5432: no answer within 1000 ms\n    Nothing comes back: a firewall");
    }
}
