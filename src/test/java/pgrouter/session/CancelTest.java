package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.ready;

import java.util.Map;
import org.junit.jupiter.api.Test;
import pgrouter.protocol.StartupPacket;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Frontend;
import pgrouter.testing.Stage;

/** A cancel request reaches the backend that is at work for the session, and only it. */
final class CancelTest extends OnOneStandby {
    @Test
    void readerAtWorkIsCancelled() throws Exception {
        client.send(query("SELECT 1"));
        reader.expect("Query SELECT 1");
        cancel(client.key());
        assertThat(stage.standby().cancelled()).isEqualTo(reader.processId());
        assertThat(stage.primary().isCancelled()).isFalse();
        reader.send(error("57014", "canceling statement due to user request"), ready('I'));
        client.expect("ERROR 57014 canceling statement due to user request", "Ready I");
    }

    @Test
    void writerAtWorkIsCancelled() throws Exception {
        client.send(query("UPDATE t SET a = 1"));
        writer.expect("Query UPDATE t SET a = 1");
        cancel(client.key());
        assertThat(stage.primary().cancelled()).isEqualTo(writer.processId());
        assertThat(stage.standby().isCancelled()).isFalse();
    }

    @Test
    void writerIsCancelledBehindARefusal() throws Exception {
        client.send(query("SELECT f(1)"));
        reader.answer("SELECT f(1)", error("25006", "read-only"), ready('I'));
        writer.expect("Query SELECT f(1)");
        cancel(client.key());
        assertThat(stage.primary().cancelled()).isEqualTo(writer.processId());
        assertThat(stage.standby().isCancelled()).isFalse();
    }

    @Test
    void idleSessionIsLeftAlone() throws Exception {
        cancel(client.key());
        assertThat(stage.primary().isCancelled()).isFalse();
        assertThat(stage.standby().isCancelled()).isFalse();
    }

    @Test
    void wrongSecretIsIgnored() throws Exception {
        client.send(query("SELECT 1"));
        reader.expect("Query SELECT 1");
        byte[] key = client.key();
        key[key.length - 1] ^= 1;
        cancel(key);
        assertThat(stage.standby().isCancelled()).isFalse();
        assertThat(stage.primary().isCancelled()).isFalse();
    }

    @Test
    void processIdIsTheWriters() {
        assertThat(client.key()).startsWith(0, 0, 1000 >> 8, 1000 & 0xff).hasSize(8);
    }

    @Test
    void newerProtocolHasALongKeyThatCancels() throws Exception {
        try (FakeClient newer = stage.dial()) {
            newer.logIn(3 << 16 | 2, Map.of("user", Stage.USER), Stage.PASSWORD);
            Connection newersReader = stage.reader();
            assertThat(newer.key()).hasSize(4 + 32);
            newer.send(query("SELECT 1"));
            newersReader.expect("Query SELECT 1");
            cancel(newer.key());
            assertThat(stage.standby().cancelled()).isEqualTo(newersReader.processId());
        }
    }

    @Test
    void keyIsForgottenWithItsSession() throws Exception {
        client.send(Frontend.terminate());
        client.expectEnd();
        writer.expectTerminate();
        cancel(client.key());
        assertThat(stage.primary().isCancelled()).isFalse();
    }

    /** The connection of a cancel request is closed when the request was passed on, or not. */
    private void cancel(byte[] key) throws Exception {
        FakeClient other = stage.dial();
        other.send(Frontend.request(StartupPacket.CANCEL_REQUEST, key));
        other.expectEnd();
    }
}
