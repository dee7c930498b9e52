import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * What scripts/quickstart shows: an application that knows of one PostgreSQL server only, and after each of its steps what
 * pgrouter's monitor says of where the step ran. Arguments: pgrouter's port, monitor's port.
 */
public final class Demonstration {
    private static final int SESSIONS = 8;

    private final int port;
    private final int monitorPort;

    private Demonstration(int port, int monitorPort) {
        this.port = port;
        this.monitorPort = monitorPort;
    }

    /** What monitor counts for one backend. */
    private record Counts(long reads, long writes, long redirects) {
        Counts since(Counts before) {
            return new Counts(reads - before.reads, writes - before.writes, redirects - before.redirects);
        }

        boolean isNothing() {
            return reads == 0 && writes == 0 && redirects == 0;
        }

        @Override
        public String toString() {
            List<String> words = new ArrayList<>();
            add(words, reads, "read");
            add(words, writes, "request");
            add(words, redirects, "refusal");
            return String.join(", ", words);
        }

        private static void add(List<String> words, long count, String what) {
            if (count > 0) {
                words.add(count + " " + what + (count == 1 ? "" : "s"));
            }
        }
    }

    private interface Step {
        String run() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Demonstration demonstration =
                new Demonstration(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
        demonstration.awaitMonitor();
        demonstration.run();
    }

    private void run() throws Exception {
        System.out.println("The nodes, as pgrouter sees them:");
        status().stream().filter(line -> line.contains("primary") || line.contains("standby")).forEach(line ->
                System.out.println("    " + line));
        show("a write: CREATE TABLE and INSERT of 1000 rows", this::write);
        awaitReaders();
        show(SESSIONS + " sessions, each SELECT count(*)", this::readInManySessions);
        try (Connection connection = connect()) {
            show("SELECT of a function that writes", () -> select(connection, "SELECT note('hello')"));
            show("the same session again: its own write must be seen", () ->
                    select(connection, "SELECT count(*) FROM notes"));
        }
        awaitReaders();
        show("a transaction: all of it on the primary, its reads too", this::transaction);
    }

    private String write() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS numbers, notes CASCADE");
            statement.execute("CREATE TABLE numbers(n int); CREATE TABLE notes(t text)");
            statement.execute("CREATE OR REPLACE FUNCTION note(t text) RETURNS text LANGUAGE plpgsql AS "
                    + "'BEGIN INSERT INTO notes VALUES (t); RETURN ''noted: '' || t; END'");
            return statement.executeUpdate("INSERT INTO numbers SELECT generate_series(1, 1000)") + " rows";
        }
    }

    private String readInManySessions() throws SQLException {
        String answer = "";
        for (int i = 0; i < SESSIONS; i++) {
            try (Connection connection = connect()) {
                answer = select(connection, "SELECT count(*) FROM numbers");
            }
        }
        return answer;
    }

    private String transaction() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate("DELETE FROM numbers WHERE n > 500");
            String answer = select(connection, "SELECT count(*) FROM numbers");
            connection.commit();
            return answer;
        }
    }

    private static String select(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private void show(String what, Step step) throws Exception {
        Map<String, Counts> before = counts();
        String answer = step.run();
        System.out.println();
        System.out.println(what + "  ->  " + answer);
        counts().forEach((backend, after) -> {
            Counts difference = after.since(before.get(backend));
            if (!difference.isNothing()) {
                System.out.println("    " + backend + " " + role(backend) + ": " + difference);
            }
        });
    }

    private String role(String backend) {
        return status().stream()
                .filter(line -> line.startsWith(backend) && !line.contains(" reads "))
                .map(line -> line.split(" ")[1])
                .findFirst()
                .orElse("unknown");
    }

    /** A driver that knows its server sends no SET after the login; a SET would keep the session on the primary. */
    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "app");
        properties.setProperty("password", "app-secret");
        properties.setProperty("assumeMinServerVersion", "13");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/app", properties);
    }

    private Map<String, Counts> counts() {
        Map<String, Counts> counts = new LinkedHashMap<>();
        for (String line : status()) {
            String[] words = line.split(" ");
            if (words.length == 7 && words[1].equals("reads")) {
                counts.put(words[0], new Counts(Long.parseLong(words[2]), Long.parseLong(words[4]), Long.parseLong(words[6])));
            }
        }
        return counts;
    }

    /** Until both standbys have replayed everything, as the next round of probes will find. */
    private void awaitReaders() throws InterruptedException {
        while (status().stream().filter(line -> line.contains(" standby OK 0/")).count() < 2) {
            Thread.sleep(50);
        }
    }

    private void awaitMonitor() throws InterruptedException {
        for (int attempt = 0; attempt < 200 && status().isEmpty(); attempt++) {
            Thread.sleep(50);
        }
        if (status().isEmpty()) {
            throw new IllegalStateException("pgrouter did not start");
        }
    }

    private List<String> status() {
        try (Socket socket = new Socket("127.0.0.1", monitorPort)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException notYet) {
            return List.of();
        }
    }
}
