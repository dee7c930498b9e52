package pgrouter.session;

import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.ready;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Stage;

/** The stage that most stories of a session need: a client that has logged in, a primary and one standby. */
abstract class OnOneStandby {
    @RegisterExtension
    final Stage stage;

    FakeClient client;
    Connection writer;
    Connection reader;

    OnOneStandby() {
        this(Stage.with(1));
    }

    /** A stage of one standby that is set otherwise than by default. */
    OnOneStandby(Stage stage) {
        this.stage = stage;
    }

    @BeforeEach
    void logIn() throws Exception {
        client = stage.client();
        writer = stage.writer();
        reader = stage.reader();
    }

    /** A simple query that one of the nodes gets, and its answer. */
    void on(Connection backend, String sql, String tag, char status) throws Exception {
        client.send(query(sql));
        backend.answer(sql, complete(tag), ready(status));
        client.expect("Complete " + tag, "Ready " + status);
    }

    /** The next message that either node gets is the client's: nothing was asked before. */
    void expectNoQuestion() throws Exception {
        on(writer, "SHOW work_mem", "SHOW", 'I');
        on(reader, "SELECT 1", "SELECT 1", 'I');
    }

    /** A row of the answer to what pgrouter asks about the session. */
    static byte[] answer(String... values) {
        return dataRow(Arrays.copyOf(values, 4));
    }
}
