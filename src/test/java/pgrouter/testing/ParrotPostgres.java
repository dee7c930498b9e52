package pgrouter.testing;

import java.io.Closeable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import pgrouter.protocol.FrontendTag;
import pgrouter.testing.FakePostgres.Connection;

/**
 * A node for more sessions than a real server can hold. It lets everybody in without a password, greets as PostgreSQL 18 does, tells
 * pgrouter what it is, and has the row 1 for every other query. Each connection is served by a virtual thread of its own.
 */
public final class ParrotPostgres implements Closeable {
    private static final String SYSTEM = "7412345678901234567";
    private static final String POSITION = "0/3000060";
    private static final Map<String, String> REPORTED = reported();

    private final FakePostgres server;
    private final byte[] where;
    private final byte[] position;

    private ParrotPostgres(FakePostgres server, byte[] where, byte[] position) {
        this.server = server;
        this.where = where;
        this.position = position;
    }

    public static ParrotPostgres primary() throws IOException {
        byte[] position = Server.dataRow("f", POSITION, POSITION, "f", "000000010000000000000003", null);
        return start(1_000_000, "off", Server.dataRow("f", POSITION, POSITION, "f"), position);
    }

    /** Has replayed all that the primary has. */
    public static ParrotPostgres standby() throws IOException {
        byte[] position = Server.dataRow("t", POSITION, POSITION, null, null, "1");
        return start(2_000_000, "on", Server.dataRow("t", POSITION, POSITION, null), position);
    }

    private static ParrotPostgres start(int firstProcessId, String inStandby, byte[] where, byte[] position)
            throws IOException {
        FakePostgres server = FakePostgres.start(new LinkedBlockingQueue<>(), firstProcessId);
        ParrotPostgres parrot = new ParrotPostgres(server, where, position);
        REPORTED.forEach(server::parameter);
        server.parameter("in_hot_standby", inStandby);
        server.handle(parrot::serve);
        return parrot;
    }

    /** As many and as long as a real one: pgrouter keeps them for each session. */
    private static Map<String, String> reported() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("application_name", "");
        parameters.put("DateStyle", "ISO, MDY");
        parameters.put("default_transaction_read_only", "off");
        parameters.put("integer_datetimes", "on");
        parameters.put("IntervalStyle", "postgres");
        parameters.put("is_superuser", "off");
        parameters.put("scram_iterations", "4096");
        parameters.put("search_path", "\"$user\", public");
        parameters.put("server_encoding", "UTF8");
        parameters.put("session_authorization", "app");
        parameters.put("TimeZone", "Etc/UTC");
        return parameters;
    }

    /** As the configuration file names it. */
    public String address() {
        return "127.0.0.1:" + server.port();
    }

    private void serve(Connection connection) throws IOException {
        connection.waitForever();
        Message message = connection.read();
        while (message.tag() != FrontendTag.TERMINATE) {
            connection.send(message.tag() == FrontendTag.SYNC ? Server.ready('I') : answer(message.fromClient()));
            message = connection.read();
        }
    }

    private byte[] answer(String message) {
        if (message.contains("pg_control_system")) {
            return Server.row(SYSTEM);
        } else if (message.contains("pgrouter_where")) {
            return rows(where);
        } else if (message.contains("pg_is_in_recovery")) {
            return rows(position);
        } else if (message.contains("pg_catalog.age(xmin)")) {
            return Server.row("the mark of a catalog");
        } else if (message.contains("pg_catalog.pg_proc") || message.contains("pg_catalog.pg_class")) {
            return rows();
        } else if (message.startsWith("Query DISCARD")) {
            return Frontend.join(Server.complete("DISCARD ALL"), Server.ready('I'));
        } else {
            return Server.row("1");
        }
    }

    /** Nobody looks at the names. */
    private static byte[] rows(byte[]... rows) {
        return Frontend.join(
                Server.rowDescription("c"),
                Frontend.join(rows),
                Server.complete("SELECT " + rows.length),
                Server.ready('I'));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
