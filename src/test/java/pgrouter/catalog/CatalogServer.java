package pgrouter.catalog;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;
import pgrouter.protocol.FrontendTag;
import pgrouter.testing.FakePostgres;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Frontend;
import pgrouter.testing.Message;
import pgrouter.testing.Server;
import pgrouter.testing.Stage;

/** A primary with a catalog of functions that a test names. */
final class CatalogServer implements Closeable {
    private final FakePostgres server = FakePostgres.start(new LinkedBlockingQueue<>(), 1000);
    private final List<String[]> functions = new CopyOnWriteArrayList<>();
    private final List<String[]> uses = new CopyOnWriteArrayList<>();
    private final List<String> schemas = new CopyOnWriteArrayList<>(List.of("public"));
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private final AtomicInteger mark = new AtomicInteger();
    private final AtomicInteger marks = new AtomicInteger();
    private final AtomicInteger readings = new AtomicInteger();
    private final AtomicInteger logins = new AtomicInteger();

    CatalogServer() throws IOException {
        server.handle(this::serve);
    }

    /** A cluster of it alone. */
    Cluster cluster() {
        Cluster cluster = new Cluster(List.of());
        cluster.publish(view(1));
        return cluster;
    }

    ClusterView view(int timeline) {
        Node node = Node.primary(Stage.backend(server), new Lsn(1000), timeline, System.nanoTime());
        return new ClusterView(List.of(node));
    }

    void function(String name, String source) {
        function("public", name, source);
    }

    void function(String schema, String name, String source) {
        function(schema, name, source, "f", null);
    }

    /**
     * @param poses whether it works as another user
     * @param path its own search_path, or null
     */
    void function(String schema, String name, String source, String poses, String path) {
        if (!schemas.contains(schema)) {
            schemas.add(schema);
        }
        functions.add(new String[] {oid(schema) + "." + name, "plpgsql", "v", source, "f", poses, path});
        mark.incrementAndGet();
    }

    /** A view on functions and views. */
    void view(String schema, String name, String... used) {
        for (String each : used) {
            uses.add(new String[] {each, "r" + oid(schema) + "." + name});
        }
        mark.incrementAndGet();
    }

    /** How an object is called there. */
    String key(char kind, String schema, String name) {
        return kind + oid(schema) + "." + name;
    }

    private String oid(String schema) {
        return String.valueOf(20_000 + schemas.indexOf(schema));
    }

    /** A function of which the source is not told, since it is too long. */
    void longFunction(String name) {
        function(name, null);
    }

    /** From now on nobody is let in, and who is in is thrown out. */
    void refuse(String sqlState) {
        server.refuseLogins(Server.fatal(sqlState, "not now"));
        connections.forEach(Connection::close);
    }

    void letIn() {
        server.refuseLogins(new byte[0]);
    }

    /** How often it was asked whether anything has changed. */
    int marks() {
        return marks.get();
    }

    int readings() {
        return readings.get();
    }

    int logins() {
        return logins.get();
    }

    int connections() {
        return connections.size();
    }

    private void serve(Connection connection) throws IOException {
        logins.incrementAndGet();
        connections.add(connection);
        try {
            connection.waitForever();
            for (Message message = connection.read();
                    message.tag() != FrontendTag.TERMINATE;
                    message = connection.read()) {
                connection.send(answer(message.fromClient()));
            }
        } finally {
            connections.remove(connection);
        }
    }

    private byte[] answer(String query) {
        if (query.startsWith("Query BEGIN") || query.startsWith("Query COMMIT")) {
            return Frontend.join(Server.complete("BEGIN"), Server.ready('I'));
        } else if (query.contains("pg_rewrite") && query.contains("age(xmin)")) {
            marks.incrementAndGet();
            return Server.row("" + mark.get());
        } else if (query.contains("pg_is_in_recovery")) {
            return Server.row("0/3000060");
        } else if (query.contains("lanname")) {
            readings.incrementAndGet();
            return rows(functions.stream().map(Server::dataRow).toArray(byte[][]::new));
        } else if (query.startsWith("Query SELECT proname, oid")) {
            return rows(functions.stream()
                    .map(function -> function[0].split("[.]", 2))
                    .map(place -> Server.dataRow(place[1], "16384", "700", place[0]))
                    .toArray(byte[][]::new));
        } else if (query.startsWith("Query SELECT DISTINCT proname")) {
            return rows(Server.dataRow("lower"), Server.dataRow("upper"));
        } else if (query.startsWith("Query SELECT oid, nspname")) {
            return rows(schemas.stream()
                    .map(schema -> Server.dataRow(oid(schema), schema))
                    .toArray(byte[][]::new));
        } else if (query.contains("pg_depend") && query.contains("pg_rewrite")) {
            return rows(uses.stream().map(Server::dataRow).toArray(byte[][]::new));
        }
        return rows();
    }

    private static byte[] rows(byte[]... rows) {
        return Frontend.join(
                Server.rowDescription("c"), Frontend.join(rows), Server.complete("SELECT 1"), Server.ready('I'));
    }

    @Override
    public void close() throws IOException {
        server.close();
        connections.forEach(Connection::close);
    }
}
