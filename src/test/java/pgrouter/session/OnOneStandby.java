package pgrouter.session;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Stage;

/** The stage that most stories of a session need: a client that has logged in, a primary and one standby. */
abstract class OnOneStandby {
    Stage stage;
    FakeClient client;
    Connection writer;
    Connection reader;

    @BeforeEach
    void open() throws Exception {
        stage = Stage.withStandbys(1);
        client = stage.client();
        writer = stage.writer();
        reader = stage.reader();
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }
}
