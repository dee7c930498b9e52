package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import pgrouter.testing.FakeClient;
import pgrouter.testing.Frontend;
import pgrouter.testing.ParrotPostgres;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.Vitals;

/** Thousands who connect and say next to nothing keep nobody out. */
class SlowlorisIT {
    private static final int CONNECTIONS = 5_000;
    private static final int ROUNDS = 8;
    private static final long MEGABYTE = 1 << 20;

    private static final Map<String, String> WHO = Map.of("user", "app", "database", "app");

    @Test
    void whoNeverLogsInTakesNoPlaceAndLittleMemory() throws Exception {
        Vitals.assumeKnown();
        int number = Crowd.size(CONNECTIONS);
        RouterProcess.Options options = new RouterProcess.Options()
                .with("log INFO; clients 10")
                .java("-XX:+UseSerialGC")
                .java("-Xmx128m");
        List<FakeClient> silent = new ArrayList<>();
        try (ParrotPostgres primary = ParrotPostgres.primary();
                ParrotPostgres standby = ParrotPostgres.standby();
                RouterProcess router = RouterProcess.start(options, primary.address(), standby.address())) {
            router.awaitReaders(1);
            for (int i = 0; i < number; i++) {
                silent.add(FakeClient.dialPatiently(router.port()));
            }
            byte[] packet = Frontend.startup(FakeClient.PROTOCOL_3_0, WHO);
            for (int round = 0; round < ROUNDS; round++) {
                sayOneByte(silent, packet[round]);
                logInAndAsk(router);
            }
            long resident = router.vitals().resident();
            System.out.printf("%d silent connections: %d kB resident%n", number, resident / 1024);
            assertThat(resident).isLessThan(256 * MEGABYTE);
        } finally {
            silent.forEach(FakeClient::close);
        }
    }

    /** Every second one says nothing at all. There may be more than pgrouter holds: the oldest have made room then. */
    private static void sayOneByte(List<FakeClient> clients, byte next) {
        for (int i = 0; i < clients.size(); i += 2) {
            try {
                clients.get(i).send(new byte[] {next});
            } catch (IOException hasMadeRoom) {
                // Nobody reads it.
            }
        }
    }

    private static void logInAndAsk(RouterProcess router) throws IOException {
        try (FakeClient client = FakeClient.dialPatiently(router.port())) {
            assertThat(client.logIn(FakeClient.PROTOCOL_3_0, WHO, "app-secret"))
                    .last()
                    .isEqualTo("Ready I");
            client.send(Frontend.query("SELECT 1"));
            client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        }
    }
}
