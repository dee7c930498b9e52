package pgrouter.backend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pgrouter.auth.Credential;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.BackendAuth;
import pgrouter.config.BackendTls;
import pgrouter.net.Carrier;
import pgrouter.net.Inbox;
import pgrouter.net.MessageWriter;
import pgrouter.testing.CannedWire;
import pgrouter.testing.Frontend;
import pgrouter.testing.Fuzz;
import pgrouter.testing.Server;

/** Any bytes from what says that it is a backend. */
class FuzzedLoginTest {
    private static final Backend BACKEND = new Backend(
            new Address.Host("db", 5432),
            BackendTls.OFF,
            1,
            Optional.empty(),
            1,
            Duration.ofSeconds(1),
            BackendAuth.ANY);

    @Test
    void logins() throws Exception {
        Fuzz.of("login")
                .from(
                        Frontend.join(
                                Server.authenticationOk(),
                                Server.parameter("server_version", "18.1"),
                                Server.keyData(4711, 42),
                                Server.ready('I')),
                        Frontend.message((byte) 'R', new byte[] {0, 0, 0, 3}),
                        Frontend.message((byte) 'R', new byte[] {0, 0, 0, 5, 1, 2, 3, 4}),
                        Frontend.message(
                                (byte) 'R',
                                new byte[] {0, 0, 0, 10},
                                "SCRAM-SHA-256\0\0".getBytes(StandardCharsets.US_ASCII)),
                        Server.fatal("28P01", "no"))
                .with("R", "SCRAM-SHA-256\0", "SCRAM-SHA-256-PLUS\0", "E", "S", "K", "Z\0\0\0\5I")
                .refusedBy(IOException.class)
                .refusedBy(LoginException.class)
                .feed(FuzzedLoginTest::logIn);
    }

    private static void logIn(byte[] bytes) throws Exception {
        CannedWire wire = CannedWire.of(bytes);
        Credential credential = new Credential.Plain("secret");
        new Login(
                        BACKEND,
                        Optional.empty(),
                        new Inbox(wire, Carrier.JDK, 64),
                        new MessageWriter(wire),
                        Map.of("user", "app"),
                        credential)
                .run();
    }
}
