package pgrouter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import pgrouter.protocol.StartupPacket;

/**
 * A server on a loopback port that says what a test tells it to. It lets everybody in without a password; each connection is then
 * the test's ({@link #next}), or a {@link Handler}'s.
 */
public final class FakePostgres implements Closeable {
    private static final int DEADLINE_SECONDS = 5;
    private static final int BACKLOG = 4096;

    private final ServerSocket socket;
    private final BlockingQueue<Integer> cancelled = new LinkedBlockingQueue<>();
    private final AtomicInteger processIds;
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private volatile byte[] refusal = {};
    private volatile CountDownLatch held = new CountDownLatch(0);
    private volatile Handler handler;
    private volatile Optional<Handler> login = Optional.empty();

    /** Plays one connection, on a thread of its own, after the login. */
    public interface Handler {
        void serve(Connection connection) throws IOException;

        /** The steps one after the other, then the end of the connection. */
        static Handler script(Handler... steps) {
            return connection -> {
                for (Handler step : steps) {
                    step.serve(connection);
                }
            };
        }

        static Handler expect(String... messages) {
            return connection -> connection.expect(messages);
        }

        static Handler send(byte[]... messages) {
            return connection -> connection.send(messages);
        }
    }

    private final Thread accepting = Thread.ofVirtual().name("fake-postgres").unstarted(this::accept);

    private FakePostgres(BlockingQueue<Connection> connections, int firstProcessId) throws IOException {
        this.socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        this.processIds = new AtomicInteger(firstProcessId);
        this.handler = connections::add;
        parameters.put("server_version", "18.1");
        parameters.put("client_encoding", "UTF8");
        parameters.put("standard_conforming_strings", "on");
    }

    /**
     * @param connections where its connections wait for the test; several servers may share it
     * @param firstProcessId of its connections, which count up from there
     */
    public static FakePostgres start(BlockingQueue<Connection> connections, int firstProcessId) throws IOException {
        FakePostgres server = new FakePostgres(connections, firstProcessId);
        server.accepting.start();
        return server;
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** What it reports at login from now on. */
    public void parameter(String name, String value) {
        parameters.put(name, value);
    }

    /** From now on it answers a startup message with this and the end of the connection. */
    public void refuseLogins(byte[] error) {
        refusal = error;
    }

    /** From now on this plays each connection behind the startup message; then the connection ends. */
    public void playLogins(Handler logins) {
        login = Optional.of(logins);
    }

    /** Logins wait from now on until {@link #releaseLogins}. */
    public void holdLogins() {
        held = new CountDownLatch(1);
    }

    public void releaseLogins() {
        held.countDown();
    }

    /** From now on connections are played by this instead of the test. */
    public void handle(Handler next) {
        handler = connection -> {
            try (connection) {
                next.serve(connection);
            }
        };
    }

    /** The next connection that was logged in to any of the servers that share the queue. */
    public static Connection next(BlockingQueue<Connection> connections) throws InterruptedException {
        Connection connection = connections.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        assertThat(connection).as("a connection within the deadline").isNotNull();
        return connection;
    }

    /** Waits for a cancel request and tells which process it names. */
    public int cancelled() throws InterruptedException {
        Integer processId = cancelled.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        assertThat(processId).as("a cancel request within the deadline").isNotNull();
        return processId;
    }

    /** Whether a cancel request has come that nobody has asked for yet. */
    public boolean isCancelled() {
        return !cancelled.isEmpty();
    }

    private void accept() {
        try {
            while (true) {
                Line line = new Line(socket.accept());
                Thread.ofVirtual().name("fake-connection").start(() -> meet(line));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void meet(Line line) {
        try {
            switch (StartupPacket.decode(line.readUntagged())) {
                case StartupPacket.StartupMessage startup -> logIn(line, startup.parameters());
                case StartupPacket.CancelRequest cancel -> {
                    cancelled.add(cancel.processId());
                    line.close();
                }
                case StartupPacket.SslRequest ssl -> line.close();
                case StartupPacket.GssEncRequest gss -> line.close();
            }
        } catch (Exception gone) {
            line.close();
        }
    }

    private void logIn(Line line, Map<String, String> startup) throws IOException, InterruptedException {
        held.await();
        if (refusal.length > 0) {
            line.send(refusal);
            line.close();
            return;
        }
        int processId = processIds.getAndIncrement();
        if (login.isPresent()) {
            try (Connection connection = new Connection(this, line, startup, processId)) {
                login.get().serve(connection);
            }
            return;
        }
        List<byte[]> greeting = new ArrayList<>();
        greeting.add(Server.authenticationOk());
        parameters.forEach((name, value) -> greeting.add(Server.parameter(name, value)));
        greeting.add(Server.keyData(processId, ~processId));
        greeting.add(Server.ready('I'));
        line.send(greeting.toArray(byte[][]::new));
        handler.serve(new Connection(this, line, startup, processId));
    }

    /** Nobody gets in any more when it returns: the thread that accepts holds the socket as long as it waits. */
    @Override
    public void close() throws IOException {
        socket.close();
        try {
            accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One logged-in connection, seen from the server. Used by one thread at a time. */
    public static final class Connection implements Closeable {
        private final FakePostgres server;
        private final Line line;
        private final Map<String, String> startup;
        private final int processId;

        private Connection(FakePostgres server, Line line, Map<String, String> startup, int processId) {
            this.server = server;
            this.line = line;
            this.startup = startup;
            this.processId = processId;
        }

        public FakePostgres server() {
            return server;
        }

        /** The parameters of the startup message. */
        public Map<String, String> startup() {
            return startup;
        }

        public int processId() {
            return processId;
        }

        /** From now on the next message may take its time. */
        public void waitForever() throws IOException {
            line.patience(0);
        }

        /** Reads as many messages as there are lines and compares them ({@link Message#fromClient}). */
        public void expect(String... messages) throws IOException {
            for (String message : messages) {
                assertThat(line.read().fromClient()).isEqualTo(message);
            }
        }

        /** The next message. */
        public Message read() throws IOException {
            return line.read();
        }

        /** So many bytes, whatever they are. */
        public byte[] readBytes(int count) throws IOException {
            return line.readBytes(count);
        }

        public void send(byte[]... messages) throws IOException {
            line.send(messages);
        }

        /** One exchange: what must come, and what is said to it. */
        public void answer(List<String> expected, byte[]... reply) throws IOException {
            expect(expected.toArray(String[]::new));
            send(reply);
        }

        /**
         * What pgrouter asks about the session after a request that may have changed it.
         *
         * @param asked kind and name of each question
         */
        public void answerQuestion(String asked, byte[]... rows) throws IOException {
            String query = line.read().fromClient();
            String questions = Pattern.compile("SELECT '(\\w+)', '([^']+)'|(?<=ANY \\(ARRAY\\[)'([^']+)'")
                    .matcher(query)
                    .results()
                    .map(match -> match.group(1) == null
                            ? "statement " + match.group(3)
                            : match.group(1) + " " + match.group(2))
                    .collect(Collectors.joining(", "));
            assertThat(questions).as(query).isEqualTo(asked);
            line.send(Server.rowDescription("kind"));
            line.send(rows);
            line.send(Server.complete("SELECT " + rows.length), Server.ready('I'));
        }

        /** A query and its reply. */
        public void answer(String query, byte[]... reply) throws IOException {
            answer(List.of("Query " + query), reply);
        }

        /** The other side ends the connection as a client does that has finished, and has sent nothing before. */
        public void expectTerminate() throws IOException {
            expect("Terminate");
            line.expectEnd();
        }

        public void expectEnd() throws IOException {
            line.expectEnd();
        }

        @Override
        public void close() {
            line.close();
        }
    }
}
