package pgrouter;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import pgrouter.backend.WarmPipes;
import pgrouter.cluster.Cluster;
import pgrouter.config.Config;
import pgrouter.console.Conversation;
import pgrouter.console.Facts;
import pgrouter.console.Operations;
import pgrouter.metrics.Metrics;
import pgrouter.net.Inbox;
import pgrouter.protocol.ProtocolException;
import pgrouter.routing.LearnedRefusals;
import pgrouter.session.Caller;
import pgrouter.session.ClientFacts;
import pgrouter.session.Console;
import pgrouter.session.OpenPipes;
import pgrouter.session.PipeFacts;
import pgrouter.session.Sessions;

/** The console, made of what the packages know. Any thread. */
final class Administration implements Console {
    private static final String DATABASE = "pgrouter";

    private final Supplier<Config> config;
    private final Facts facts;
    private final Operations operations;

    /** What the console asks the process for. Any thread. */
    interface Host {
        /** As on SIGHUP; waits until it is done. @return what is wrong with the files: then nothing was changed */
        List<String> reload() throws InterruptedException;

        /** As on SIGTERM. */
        void end();

        /** As on a second one. */
        void endAtOnce();
    }

    private record InProcess(Host host, Sessions sessions) implements Operations {
        @Override
        public List<String> reload() throws InterruptedException {
            return host.reload();
        }

        @Override
        public void shutDown() {
            host.end();
        }

        @Override
        public void shutDownAtOnce() {
            host.endAtOnce();
        }

        @Override
        public boolean kill(long client) {
            return sessions.kill(client);
        }
    }

    private record Connected(Caller caller) implements Conversation.Client {
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

    /** @param config that holds now */
    Administration(
            Supplier<Config> config,
            Host host,
            Instant started,
            Cluster cluster,
            Metrics metrics,
            LearnedRefusals learned,
            Sessions sessions,
            OpenPipes openPipes,
            WarmPipes warmPipes) {
        this.config = config;
        this.operations = new InProcess(host, sessions);
        this.facts = new Facts(
                Main.version(),
                started,
                cluster,
                metrics,
                learned,
                config,
                () -> sessions.facts().stream().map(Administration::client).toList(),
                () -> openPipes.facts().stream().map(Administration::pipe).toList(),
                openPipes::count,
                warmPipes::count);
    }

    private static Facts.Client client(ClientFacts client) {
        return new Facts.Client(
                client.number(),
                client.user(),
                client.database(),
                client.application(),
                client.address(),
                client.state(),
                client.since(),
                client.encrypted());
    }

    private static Facts.Pipe pipe(PipeFacts pipe) {
        return new Facts.Pipe(pipe.client(), pipe.backend(), pipe.isWriter(), pipe.processId());
    }

    @Override
    public boolean isAt(String database) {
        return database.equals(DATABASE) && !config.get().console().isEmpty();
    }

    @Override
    public boolean admits(String user) {
        return config.get().console().contains(user);
    }

    @Override
    public void serve(Caller caller) throws IOException, ProtocolException, InterruptedException {
        new Conversation(new Connected(caller), facts, operations).run();
    }
}
