package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import pgrouter.testing.ParrotPostgres;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.Vitals;

/** Clients that are connected and do nothing, as the pools of applications keep them, cost next to nothing. */
class IdleClientsIT {
    private static final int CLIENTS = 5_000;
    private static final long KILOBYTE = 1L << 10;
    private static final long MOST_EACH = 28 * KILOBYTE;
    private static final long MEGABYTE = 1 << 20;

    /** A little less than the README advises for so many. */
    @Test
    void thousandsOfIdleClientsNeedLittleMemory() throws Exception {
        Vitals.assumeKnown();
        int number = Crowd.size(CLIENTS);
        RouterProcess.Options options = new RouterProcess.Options()
                .with("log INFO")
                .java("-XX:+UseSerialGC")
                .java("-Xmx92m");
        try (ParrotPostgres primary = ParrotPostgres.primary();
                ParrotPostgres standby = ParrotPostgres.standby();
                RouterProcess router = RouterProcess.startAsUsersDo(options, primary.address(), standby.address())) {
            router.awaitReaders(1);
            long empty = router.vitals().resident();
            try (Crowd crowd = Crowd.of(number, router)) {
                crowd.ask();
                long full = router.vitals().resident();
                System.out.printf(
                        "%d idle clients: %d kB resident, %d kB without them, %.1f kB each%n",
                        number, full / KILOBYTE, empty / KILOBYTE, (double) (full - empty) / KILOBYTE / number);
                assertThat(empty).isLessThan(104 * MEGABYTE);
                assertThat(full).isLessThan(224 * MEGABYTE);
                assertThat(full - empty).isLessThan(MOST_EACH * number);
            }
        }
    }
}
