package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.FakeClient.PROTOCOL_3_0;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.testing.FakeClient;
import pgrouter.testing.Frontend;
import pgrouter.testing.Stage;

/** A turn belongs to the client that has sent a password: by MD5 as {@code app}, by SCRAM as {@code scram}. */
final class LoginTurnsTest {
    /** More than had a turn within the time for which they once waited. */
    private static final int MANY = 30;

    @RegisterExtension
    private final Stage stage = Stage.with(1);

    private static Map<String, String> parameters(String user) {
        return Map.of("user", user, "database", "app");
    }

    private List<String> logIn(String user, String password) throws IOException {
        return stage.dial().logIn(PROTOCOL_3_0, parameters(user), password);
    }

    private void guess(String user) throws IOException {
        for (int i = 0; i < 10; i++) {
            assertThat(logIn(user, "wrong")).last().asString().startsWith("FATAL 28P01 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"app", "scram"})
    void clientsThatAreAskedForAPasswordAndSendNoneHoldUpNobody(String user) throws Exception {
        guess(user);
        for (int i = 0; i < MANY; i++) {
            FakeClient silent = stage.dial();
            silent.send(Frontend.startup(PROTOCOL_3_0, parameters(user)));
            assertThat(silent.read()).startsWith("Authentication ");
        }
        assertThat(logIn(user, Stage.PASSWORD)).endsWith("Ready I");
    }

    @ParameterizedTest
    @ValueSource(strings = {"app", "scram"})
    void clientsThatLeaveWhileTheyWaitHoldUpNobody(String user) throws Exception {
        guess(user);
        for (int i = 0; i < MANY; i++) {
            FakeClient gone = stage.dial();
            gone.sendLogIn(parameters(user), "wrong");
            gone.close();
        }
        assertThat(logIn(user, Stage.PASSWORD)).endsWith("Ready I");
    }

    /** It waits for those before it, and is not refused for them. */
    @ParameterizedTest
    @ValueSource(strings = {"app", "scram"})
    void theRightPasswordIsLetInAfterWrongOnes(String user) throws Exception {
        guess(user);
        for (int i = 0; i < 3; i++) {
            stage.dial().sendLogIn(parameters(user), "wrong");
        }
        assertThat(logIn(user, Stage.PASSWORD)).endsWith("Ready I");
    }
}
