package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import pgrouter.client.Memory;
import pgrouter.config.Consistency;
import pgrouter.config.Transactions;
import pgrouter.state.SessionState;

final class OwnSettingsTest {
    private final OwnSettings own = new OwnSettings(Consistency.CLUSTER, Transactions.OPTIMISTIC);
    private final SessionState wanted = new SessionState(Memory.unlimited().begin());

    private void set(String setting, String value) {
        wanted.startedWith(setting, value);
        own.take(wanted);
    }

    @Test
    void aSessionHasTheConfigurationsValuesUntilItSetsOthers() {
        own.take(wanted);
        assertThat(own.consistency()).isEqualTo(Consistency.CLUSTER);
        assertThat(own.transactions()).isEqualTo(Transactions.OPTIMISTIC);
        set("pgrouter.transactions", "Primary");
        set("pgrouter.consistency", "eventual");
        assertThat(own.consistency()).isEqualTo(Consistency.EVENTUAL);
        assertThat(own.transactions()).isEqualTo(Transactions.PRIMARY);
    }

    @Test
    void anUnknownValueIsIgnored() {
        set("pgrouter.transactions", "sometimes");
        assertThat(own.transactions()).isEqualTo(Transactions.OPTIMISTIC);
        set("pgrouter.transactions", "");
        assertThat(own.transactions()).isEqualTo(Transactions.OPTIMISTIC);
    }

    @Test
    void theServerIsToldTheValuesOfASessionThatHasSetNone() {
        assertThat(new String(own.query("reader a:1"), StandardCharsets.UTF_8))
                .contains("('pgrouter.consistency', coalesce(", "'cluster')), ")
                .contains("('pgrouter.transactions', coalesce(", "'optimistic')), ")
                .contains("('pgrouter.last_route', 'reader a:1')) AS own");
    }
}
