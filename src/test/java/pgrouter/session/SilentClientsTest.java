package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.FakeClient.PROTOCOL_3_0;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import pgrouter.client.Capacity;
import pgrouter.client.Startups;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.Frontend;
import pgrouter.testing.Stage;

/** Connections that say nothing, or too little, keep nobody out; and nobody is thrown out for being slow to be heard. */
final class SilentClientsTest {
    private static final Map<String, String> WHO = Map.of("user", Stage.USER, "database", "app");
    private static final byte[] STARTUP = Frontend.startup(PROTOCOL_3_0, WHO);

    /** One that is accepted before it is known that there is no room may be one too many. */
    private static final int ROOM = 4;

    @RegisterExtension
    private final Stage stage = Stage.with(1).capacity(new Capacity(100, ROOM, Long.MAX_VALUE));

    /** As many as there is room for, after this was sent. */
    private List<FakeClient> full(byte[] said) throws Exception {
        List<FakeClient> clients = new ArrayList<>();
        for (int i = 0; i < ROOM; i++) {
            FakeClient client = stage.dial();
            client.send(said);
            clients.add(client);
            int present = i + 1;
            Await.until("it is accepted", () -> stage.sessions().startups().count() == present);
        }
        return clients;
    }

    private void assertThatOneMoreIsLetIn() throws Exception {
        assertThat(stage.dial().logIn(PROTOCOL_3_0, WHO, Stage.PASSWORD)).endsWith("Ready I");
    }

    @Test
    void theOldestSilentOneMakesRoom() throws Exception {
        List<FakeClient> silent = full(new byte[0]);
        assertThatOneMoreIsLetIn();
        silent.getFirst().expectEnd();
    }

    @Test
    void aClientWithHalfAStartupPacketIsSilentToo() throws Exception {
        List<FakeClient> silent = full(new byte[] {0, 0, 39, 16});
        assertThatOneMoreIsLetIn();
        silent.getFirst().expectEnd();
    }

    @Test
    void aClientThatSendsNoPasswordIsToldWhyItHasToGo() throws Exception {
        List<FakeClient> silent = full(STARTUP);
        assertThat(silent.getFirst().read()).startsWith("Authentication ");
        assertThatOneMoreIsLetIn();
        silent.getFirst().expect("FATAL 53300 sorry, too many clients already");
        silent.getFirst().expectEnd();
    }

    /** As in a mass reconnect, when pgrouter has too much to do to read what it was sent. */
    @Test
    void aClientWhoseWordsLieUnreadIsNotThrownOut() throws Exception {
        List<FakeClient> clients = full(new byte[0]);
        Runnable release = Stage.holdCarrier();
        FakeClient next;
        try {
            for (FakeClient client : clients) {
                client.send(STARTUP);
            }
            next = stage.dial();
            Thread.sleep(Startups.SILENCE.plusMillis(100));
        } finally {
            release.run();
        }
        for (FakeClient client : clients) {
            assertThat(client.read()).startsWith("Authentication ");
        }
        next.close();
    }

    @Test
    void clientsThatHaveLoggedInAreNotAmongThem() throws Exception {
        for (int i = 0; i < 2 * ROOM; i++) {
            assertThatOneMoreIsLetIn();
        }
        assertThat(stage.sessions().startups().count()).isZero();
    }

    @Test
    void guessesThatWaitForTheirTurnKeepNobodyOut() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(stage.dial().logIn(PROTOCOL_3_0, Map.of("user", "nobody"), "wrong"))
                    .last()
                    .asString()
                    .startsWith("FATAL 28P01 ");
        }
        for (int i = 0; i < 5 * ROOM; i++) {
            stage.dial().sendLogIn(Map.of("user", "nobody"), "wrong");
        }
        assertThatOneMoreIsLetIn();
    }

    @Test
    void moreClientsThanThereIsRoomForAreRefusedInPostgresWords() throws Exception {
        stage.capacity(new Capacity(1, ROOM, Long.MAX_VALUE));
        assertThatOneMoreIsLetIn();
        assertThat(stage.dial().logIn(PROTOCOL_3_0, WHO, Stage.PASSWORD))
                .containsExactly("FATAL 53300 sorry, too many clients already");
    }
}
