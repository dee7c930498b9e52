package pgrouter;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import pgrouter.cluster.Cluster;
import pgrouter.config.Config;
import pgrouter.console.Conversation;
import pgrouter.console.Facts;
import pgrouter.console.Operations;
import pgrouter.console.Parameters;
import pgrouter.metrics.Metrics;
import pgrouter.net.Inbox;
import pgrouter.pool.ServerPool;
import pgrouter.routing.LearnedRefusals;
import pgrouter.routing.TransactionShapes;
import pgrouter.session.Console;
import pgrouter.session.ConsoleClient;
import pgrouter.session.OpenServers;
import pgrouter.session.Sessions;

/** Connects the console with the other packages. Any thread. */
final class Administration implements Console {
    private static final String DATABASE = "pgrouter";

    private final Supplier<Config> config;
    private final Facts facts;
    private final Operations operations;

    private record InProcess(Requests requests, Sessions sessions) implements Operations {
        @Override
        public List<String> reload() throws InterruptedException {
            return requests.reload();
        }

        @Override
        public void shutDown() {
            requests.end();
        }

        @Override
        public void shutDownAtOnce() {
            requests.endAtOnce();
        }

        @Override
        public boolean kill(long client) {
            return sessions.kill(client);
        }
    }

    private record Connected(ConsoleClient caller) implements Conversation.Client {
        @Override
        public String user() {
            return caller.user();
        }

        @Override
        public Inbox inbox() {
            return caller.inbox();
        }

        @Override
        public void write(byte[] messages) {
            caller.write(messages);
        }

        @Override
        public boolean awaitRequest(int bytes) throws IOException {
            return caller.awaitRequest(bytes);
        }
    }

    /** @param config the present one */
    Administration(
            Supplier<Config> config,
            Requests requests,
            Instant started,
            Cluster cluster,
            Metrics metrics,
            LearnedRefusals learned,
            TransactionShapes shapes,
            Sessions sessions,
            OpenServers openServers,
            ServerPool serverPool) {
        this.config = config;
        this.operations = new InProcess(requests, sessions);
        this.facts = new Facts(
                Main.version(),
                started,
                cluster,
                metrics,
                learned,
                shapes,
                config,
                sessions::facts,
                openServers::facts,
                openServers::count,
                serverPool::count);
    }

    @Override
    public boolean isAt(String database) {
        return database.equals(DATABASE) && !config.get().live().console().isEmpty();
    }

    @Override
    public boolean admits(String user) {
        return config.get().live().console().contains(user);
    }

    @Override
    public Map<String, String> greeting(Map<String, String> startup) {
        return Parameters.greeting(startup);
    }

    @Override
    public void serve(ConsoleClient caller) throws IOException, InterruptedException {
        new Conversation(new Connected(caller), facts, operations).run();
    }
}
