package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static pgrouter.testing.FakeClient.PROTOCOL_3_0;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.fatal;
import static pgrouter.testing.Server.row;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import pgrouter.auth.Credential;
import pgrouter.backend.LoginException;
import pgrouter.cluster.Lsn;
import pgrouter.config.Backend;
import pgrouter.config.BackendTls;
import pgrouter.net.Carrier;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Frontend;
import pgrouter.testing.Stage;

/** The two connections of a session, from its login to its end. */
final class ServersTest {
    @RegisterExtension
    private final Stage stage = Stage.with(1);

    @Test
    void everyStartupParameterReachesBothConnections() throws Exception {
        Map<String, String> parameters = Map.of(
                "user", "app", "database", "shop", "options", "-c work_mem=1MB", "DateStyle", "ISO", "_pq_.x", "1");
        stage.dial().logIn(PROTOCOL_3_0, parameters, Stage.PASSWORD);
        assertThat(stage.writer().startup()).isEqualTo(parameters);
        assertThat(stage.reader().startup()).isEqualTo(parameters);
    }

    @Test
    void clientGetsTheWritersParameters() throws Exception {
        stage.primary().parameter("in_hot_standby", "off");
        stage.standby().parameter("in_hot_standby", "on");
        assertThat(stage.dial().logIn(PROTOCOL_3_0, Map.of("user", "app"), Stage.PASSWORD))
                .contains("Parameter in_hot_standby=off", "Parameter server_version=18.1", "Key 1000", "Ready I")
                .doesNotContain("Parameter in_hot_standby=on");
    }

    @Test
    void readerThatRefusesTheLoginLeavesTheSessionOnItsWriter() throws Exception {
        stage.standby().refuseLogins(fatal("53300", "too many clients already"));
        FakeClient client = stage.client();
        Connection writer = stage.writer();
        client.send(query("SELECT 1"));
        writer.answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
    }

    /** PostgreSQL 13 does not say at the login what it is. */
    @Test
    void aPrimaryThatDoesNotSayWhatItIsKeepsNoLoginWaiting() throws Exception {
        stage.primary().parameter("server_version", "13.9");
        stage.publishPrimaryOnly(new Lsn(1), Duration.ofMillis(100));
        List<String> greeting = stage.dial().logIn(PROTOCOL_3_0, Map.of("user", "app"), Stage.PASSWORD);
        assertThat(greeting.getLast()).contains("08006").contains("no answer within 100 ms");
        stage.writer().expect("Query SELECT pg_catalog.pg_is_in_recovery()");
    }

    @Test
    void aPrimaryThatIsAStandbyByNowIsNotWrittenTo() throws Exception {
        stage.primary().parameter("server_version", "13.9");
        FakeClient client = stage.dial();
        CompletableFuture<List<String>> greeting = CompletableFuture.supplyAsync(() -> logIn(client));
        stage.writer().answer("SELECT pg_catalog.pg_is_in_recovery()", row("t"));
        assertThat(greeting.get(60, TimeUnit.SECONDS).getLast()).startsWith("FATAL 57P03");
    }

    @Test
    void aPrimaryThatSaysThatItIsOneIsWrittenTo() throws Exception {
        stage.primary().parameter("server_version", "13.9");
        FakeClient client = stage.dial();
        CompletableFuture<List<String>> greeting = CompletableFuture.supplyAsync(() -> logIn(client));
        stage.writer().answer("SELECT pg_catalog.pg_is_in_recovery()", row("f"));
        assertThat(greeting.get(60, TimeUnit.SECONDS).getLast()).isEqualTo("Ready I");
    }

    private static List<String> logIn(FakeClient client) {
        try {
            return client.logIn(PROTOCOL_3_0, Map.of("user", "app"), Stage.PASSWORD);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It answers health, and lets each login wait for its timeout. */
    @Test
    void aStandbyThatHasLetALoginWaitKeepsNoOtherClientWaiting() throws Exception {
        stage.standby().holdLogins();
        Backend impatient =
                new Backend(Stage.backend(stage.standby()).address(), BackendTls.OFF, 1000, 100, Duration.ofMillis(50));
        assertThatThrownBy(() -> stage.connector()
                        .open(impatient, Carrier.JDK, Map.of("user", "app"), new Credential.Plain("x")))
                .isInstanceOf(LoginException.class);
        FakeClient client = stage.client();
        client.send(query("SELECT 1"));
        stage.writer().answer("SELECT 1", row("1"));
        client.expect("RowDescription", "Row 1", "Complete SELECT 1", "Ready I");
        stage.standby().releaseLogins();
    }

    @Test
    void writersRefusalIsTheClientsInItsOwnWords() throws Exception {
        stage.primary().refuseLogins(fatal("3D000", "database \"app\" does not exist"));
        FakeClient client = stage.dial();
        assertThat(client.logIn(PROTOCOL_3_0, Map.of("user", "app"), Stage.PASSWORD))
                .endsWith("FATAL 3D000 database \"app\" does not exist");
        client.expectEnd();
    }

    @Test
    void readerIsClosedWhereTheWriterRefusesTheLogin() throws Exception {
        stage.primary().holdLogins();
        stage.primary().refuseLogins(fatal("53300", "too many clients already"));
        FakeClient client = stage.dial();
        client.sendLogIn(Map.of("user", "app"), Stage.PASSWORD);
        Connection reader = stage.reader();
        stage.primary().releaseLogins();
        client.expect("FATAL 53300 too many clients already");
        client.expectEnd();
        reader.expectTerminate();
    }

    @Test
    void withoutAPrimaryTheClientIsToldSo() throws Exception {
        stage.publishNothing();
        assertThat(stage.dial()
                        .logIn(PROTOCOL_3_0, Map.of("user", "app"), Stage.PASSWORD)
                        .getLast())
                .startsWith("FATAL 57P03 no backend answers as primary");
    }

    @Test
    void connectionsEndWithTheirClient() throws Exception {
        FakeClient client = stage.client();
        Connection writer = stage.writer();
        Connection reader = stage.reader();
        client.close();
        writer.expectTerminate();
        reader.expectTerminate();
    }

    @Test
    void connectionsEndWithAClientThatBreaksTheProtocol() throws Exception {
        FakeClient client = stage.client();
        Connection writer = stage.writer();
        client.send(new byte[] {'S', 0, 0, 0, 3});
        client.expectEnd();
        writer.expectTerminate();
    }

    @Test
    void oneSessionsEndLeavesTheOthersAlone() throws Exception {
        FakeClient bad = stage.client();
        stage.reader();
        FakeClient good = stage.client();
        Connection reader = stage.reader();
        bad.send(new byte[] {'Q', 0, 0, 0, 3});
        bad.expectEnd();
        good.send(query("SELECT 1"));
        reader.answer("SELECT 1", row("1"));
        assertThat(good.reply()).endsWith("Ready I");
        good.send(Frontend.terminate());
        good.expectEnd();
        assertThat(stage.metrics()
                        .backend(Stage.backend(stage.standby()).address().toString())
                        .reads())
                .isEqualTo(1);
    }
}
