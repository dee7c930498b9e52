package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import pgrouter.testing.FakeClient;
import pgrouter.testing.Frontend;
import pgrouter.testing.RouterProcess;

/** More clients than a driver makes: sockets that are logged in, or are not. */
final class Crowd implements AutoCloseable {
    /** So many do the same thing at a time. */
    private static final int AT_A_TIME = 50;

    /** A client, and its connections to two nodes, which live in the test's own process. */
    private static final int DESCRIPTORS_EACH = 3;

    private static final int SPARE_DESCRIPTORS = 1000;

    private final List<FakeClient> clients = new ArrayList<>();

    private interface Act {
        void by(FakeClient client) throws IOException;
    }

    /** As many as are wanted, or as the host's limit of descriptors lets this process have; it says so then. */
    static int size(int wanted) {
        long most = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
                .getMaxFileDescriptorCount();
        int possible = Math.toIntExact(Math.min(wanted, (most - SPARE_DESCRIPTORS) / DESCRIPTORS_EACH));
        if (possible < wanted) {
            System.out.printf("%d clients instead of %d: the limit of descriptors is %d%n", possible, wanted, most);
        }
        return possible;
    }

    /** Lets so many log in, as they connect: silent ones would make room for others. */
    static Crowd of(int number, RouterProcess router) throws Exception {
        Crowd crowd = new Crowd();
        for (int done = 0; done < number; done += AT_A_TIME) {
            for (int i = done; i < Math.min(number, done + AT_A_TIME); i++) {
                crowd.clients.add(FakeClient.dialPatiently(router.port()));
            }
            all(crowd.clients.subList(done, crowd.clients.size()), Crowd::logIn);
        }
        return crowd;
    }

    private static void logIn(FakeClient client) throws IOException {
        assertThat(client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", "app", "database", "app"), "app-secret"))
                .last()
                .isEqualTo("Ready I");
    }

    /** Each asks for something, and gets it. */
    void ask() throws Exception {
        all(clients, client -> {
            client.send(Frontend.query("SELECT 1"));
            client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        });
    }

    private static void all(List<FakeClient> clients, Act act) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME)) {
            List<Future<?>> all = new ArrayList<>();
            for (FakeClient client : clients) {
                all.add(threads.submit(() -> {
                    act.by(client);
                    return true;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    @Override
    public void close() {
        clients.forEach(FakeClient::close);
    }
}
