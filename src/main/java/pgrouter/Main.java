package pgrouter;

import java.io.PrintStream;
import java.nio.file.Path;
import java.security.Security;
import java.util.Optional;
import pgrouter.backend.Connector;
import pgrouter.config.Config;
import pgrouter.health.Survey;
import pgrouter.log.Log;

/** The command line: arguments, configuration, run, exit code. */
public final class Main {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private Main() {}

    /**
     * Runs pgrouter until the process is told to end.
     *
     * <p>Exit codes: 0 after SIGTERM or SIGINT and if there was nothing to run; 1 if the configuration is wrong, an address cannot be
     * bound, a password is not kept or a probe finds no primary; 2 if the arguments are wrong.
     */
    public static void main(String[] words) throws InterruptedException {
        int code = run(words, System.out, System.err);
        Log.flush();
        System.exit(code);
    }

    private static int run(String[] words, PrintStream out, PrintStream err) throws InterruptedException {
        return switch (Arguments.of(words)) {
            case Arguments.Help help -> say(out, Arguments.USAGE, DONE);
            case Arguments.Version version -> say(out, "pgrouter " + version() + "\n", DONE);
            case Arguments.Misused(String message) ->
                say(err, "pgrouter: " + message + "\n" + Arguments.USAGE, MISUSED);
            case Arguments.Passwd passwd -> new Passwd(System.in, out, err).set(passwd) ? DONE : FAILED;
            case Arguments.Import list -> new Passwd(System.in, out, err).set(list) ? DONE : FAILED;
            case Arguments.Check check -> check(check.config(), out, err);
            case Arguments.Probe probe -> probe(probe.config(), out, err);
            case Arguments.Run run -> {
                Optional<ConfiguredFiles> files = read(run.config(), err);
                yield files.isPresent() && new Service(run, words, out, err).run(files.get()) ? DONE : FAILED;
            }
        };
    }

    private static int check(Path file, PrintStream out, PrintStream err) {
        Optional<ConfiguredFiles> files = read(file, err);
        if (files.isEmpty()) {
            return FAILED;
        }
        files.get().warnings().forEach(err::println);
        return say(out, file + " is valid\n", DONE);
    }

    private static int probe(Path file, PrintStream out, PrintStream err) throws InterruptedException {
        Optional<ConfiguredFiles> files = read(file, err);
        if (files.isEmpty()) {
            return FAILED;
        }
        files.get().warnings().forEach(err::println);
        resolveAlways();
        Connector connector = new Connector();
        connector.secureWith(files.get().tls().clients());
        Config config = files.get().config();
        Survey survey =
                Survey.of(connector, config.live().health(), config.live().backends());
        return say(out, survey.text(), survey.hasWriter() ? DONE : FAILED);
    }

    private static int say(PrintStream stream, String text, int code) {
        stream.print(text);
        stream.flush();
        return code;
    }

    static String version() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                .orElse("(not from a jar)");
    }

    /** @return empty if a file has a problem, after all problems were printed */
    private static Optional<ConfiguredFiles> read(Path file, PrintStream err) {
        try {
            return Optional.of(ConfiguredFiles.read(file));
        } catch (ConfiguredFiles.Unusable e) {
            e.problems().forEach(err::println);
            return Optional.empty();
        }
    }

    /** Turns the cache of resolved names off, so that a new connection finds a moved host. Call before the JDK resolves a name. */
    static void resolveAlways() {
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }
}
