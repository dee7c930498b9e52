package pgrouter.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import pgrouter.testing.FakeClient;
import pgrouter.testing.Frontend;

/** What clients do that mean harm, or know no better. Each returns when its connections are closed. */
final class Attacks {
    /** Far below the descriptors that pgrouter has in the story. */
    private static final int CROWD = 40;

    private static final int CANCEL_REQUEST = 80877102;

    /** One of them. */
    private interface Attack {
        void run() throws IOException;
    }

    private final int port;
    private final RandomGenerator random;

    /** By what they do, so that a failure can be repeated. */
    private final Map<String, Attack> all = Map.ofEntries(
            Map.entry("says nothing", () -> crowd(new byte[0])),
            Map.entry("sends half of a length", () -> crowd(new byte[] {0, 0})),
            Map.entry("sends a length and nothing else", () -> crowd(new byte[] {0, 0, 0, 100})),
            Map.entry("sends a length that cannot be", () -> crowd(new byte[] {0x7f, 0, 0, 0})),
            Map.entry("speaks HTTP", () -> crowd("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8))),
            Map.entry("cancels what it does not know", this::cancel),
            Map.entry("has a name that breaks lines", () -> stranger("x\u2028\u0085\u202e" + "y".repeat(300))),
            Map.entry("guesses a password", () -> stranger("app")),
            Map.entry("begins a transaction and is gone", () -> vanish("BEGIN")),
            Map.entry("writes and is gone", () -> vanish("CREATE TEMPORARY TABLE gone (a int); SELECT pg_sleep(0.1)")),
            Map.entry(
                    "reads slowly and is gone", () -> vanish("SELECT repeat('x', 2000) FROM generate_series(1, 5000)")),
            Map.entry("does not read at all", this::deaf),
            Map.entry("prepares without end", this::prepare),
            Map.entry("sets without end", this::set),
            Map.entry("never syncs", this::neverSync),
            Map.entry("sends what is no message", this::malformed),
            Map.entry("makes functions that call each other", this::chain),
            Map.entry("takes names of PostgreSQL's own", this::names));

    Attacks(int port, RandomGenerator random) {
        this.port = port;
        this.random = random;
    }

    /** One by chance; what it is. */
    String next() {
        List<String> names = all.keySet().stream().sorted().toList();
        return names.get(random.nextInt(names.size()));
    }

    /** An attacker that is ended by the other side has had what it wanted. */
    void run(String name) {
        try {
            all.get(name).run();
        } catch (IOException ended) {
            // The answer to an attack may be that there is none.
        }
    }

    private void crowd(byte[] bytes) throws IOException {
        List<FakeClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CROWD; i++) {
                FakeClient client = FakeClient.dialPatiently(port);
                clients.add(client);
                client.send(bytes);
            }
        } finally {
            clients.forEach(FakeClient::close);
        }
    }

    private void cancel() throws IOException {
        for (int i = 0; i < CROWD; i++) {
            byte[] key = ByteBuffer.allocate(8)
                    .putInt(random.nextInt())
                    .putInt(random.nextInt())
                    .array();
            try (FakeClient client = FakeClient.dialPatiently(port)) {
                client.send(Frontend.request(CANCEL_REQUEST, key));
            }
        }
    }

    /** A few guesses; more of them would make innocents of the same address wait. */
    private void stranger(String user) throws IOException {
        try (FakeClient client = FakeClient.dialPatiently(port)) {
            client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", user, "database", "app"), "no idea");
        }
    }

    private FakeClient logIn() throws IOException {
        FakeClient client = FakeClient.dialPatiently(port);
        client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", "app", "database", "app"), "app-secret");
        return client;
    }

    private void vanish(String sql) throws IOException {
        FakeClient client = logIn();
        client.send(Frontend.query(sql));
        client.reset();
    }

    private void deaf() throws IOException {
        try (FakeClient client = logIn()) {
            byte[] request = Frontend.query("SELECT repeat('x', 100000)");
            for (int i = 0; i < 20; i++) {
                client.send(request);
            }
        }
    }

    private void prepare() throws IOException {
        try (FakeClient client = logIn()) {
            String text = "SELECT " + "1 + ".repeat(500) + "1";
            byte[] statements = Frontend.join(IntStream.range(0, 500)
                    .mapToObj(i -> Frontend.parse("attack " + i, text))
                    .toArray(byte[][]::new));
            client.send(statements, Frontend.sync());
            client.reply();
        }
    }

    private void set() throws IOException {
        try (FakeClient client = logIn()) {
            for (int i = 0; i < 50; i++) {
                client.send(Frontend.query("SET attack.a" + random.nextInt(1000) + " = '" + "x".repeat(1000) + "'"));
                client.reply();
            }
        }
    }

    private void neverSync() throws IOException {
        try (FakeClient client = logIn()) {
            byte[] one = Frontend.join(Frontend.parse("", "SELECT 1"), Frontend.bindNothing(""), Frontend.execute());
            for (int i = 0; i < 2_000; i++) {
                client.send(one);
            }
        }
    }

    private void malformed() throws IOException {
        try (FakeClient client = logIn()) {
            byte[] noise = new byte[200];
            random.nextBytes(noise);
            client.send(Frontend.join(Frontend.query("SELECT 1"), noise));
            client.readMessage();
        }
    }

    private void chain() throws IOException {
        try (FakeClient client = logIn()) {
            StringBuilder sql =
                    new StringBuilder("CREATE FUNCTION pg_temp.f0() RETURNS int LANGUAGE sql AS 'SELECT 1';");
            for (int i = 1; i < 30; i++) {
                sql.append("CREATE FUNCTION pg_temp.f%d() RETURNS int LANGUAGE sql AS 'SELECT pg_temp.f%d()';"
                        .formatted(i, i - 1));
            }
            client.send(Frontend.query(sql.toString()));
            client.reply();
        }
    }

    private void names() throws IOException {
        try (FakeClient client = logIn()) {
            client.send(Frontend.query("CREATE FUNCTION pg_temp.sum(int) RETURNS int LANGUAGE plpgsql AS"
                    + " 'BEGIN CREATE TABLE no (a int); RETURN 1; EXCEPTION WHEN OTHERS THEN RETURN 2; END'"));
            client.reply();
        }
    }
}
