package pgrouter;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.Security;
import java.util.Optional;
import pgrouter.backend.Connector;
import pgrouter.config.Config;
import pgrouter.config.LogLevel;
import pgrouter.config.Logging;
import pgrouter.health.Survey;
import pgrouter.log.Format;
import pgrouter.log.Log;
import pgrouter.log.Output;
import pgrouter.process.Signals;

/** The command line: arguments, configuration, run, exit code. */
public final class Main {
    private static final Log LOG = Log.of("pgrouter");

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private Main() {}

    /**
     * Runs pgrouter until the process is told to end.
     *
     * <p>Exit codes: 0 after SIGTERM or SIGINT and where there was nothing to run, 1 where the configuration is wrong, an address
     * cannot be listened on, a password is not kept or a probe finds no primary, 2 where the arguments make no sense.
     */
    public static void main(String[] words) throws InterruptedException {
        int code = run(Arguments.of(words), System.out, System.err);
        Log.flush();
        System.exit(code);
    }

    private static int run(Arguments arguments, PrintStream out, PrintStream err) throws InterruptedException {
        return switch (arguments) {
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
                yield files.isPresent() ? serve(run, files.get(), err) : FAILED;
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
        Survey survey = Survey.of(connector, config.health(), config.backends());
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

    /** @return empty where something is wrong with a file, after all of it was printed */
    private static Optional<ConfiguredFiles> read(Path file, PrintStream err) {
        try {
            return Optional.of(ConfiguredFiles.read(file));
        } catch (ConfiguredFiles.Unusable e) {
            e.problems().forEach(err::println);
            return Optional.empty();
        }
    }

    private static int serve(Arguments.Run arguments, ConfiguredFiles files, PrintStream err)
            throws InterruptedException {
        Config config = files.config();
        if (!log(arguments, config.log(), err)) {
            return FAILED;
        }
        carriers(config.workers());
        resolveAlways();
        files.warnings().forEach(LOG::warn);
        Signals signals = Signals.heed(Main::endAtOnce);
        try (PgRouter router = PgRouter.start(files)) {
            while (signals.take() == Signals.Signal.RELOAD) {
                reload(router, arguments);
            }
            router.end();
            LOG.info("stopped");
            return DONE;
        } catch (IOException e) {
            LOG.error(e.getMessage());
            if (!(config.log().target() instanceof Logging.Target.Stderr)) {
                err.println("pgrouter: " + e.getMessage());
            }
            return FAILED;
        }
    }

    /** @return false where nothing can be written to the log, which was said then */
    private static boolean log(Arguments.Run arguments, Logging logging, PrintStream err) {
        try {
            log(arguments, logging);
            return true;
        } catch (IOException e) {
            err.println("pgrouter: " + e.getMessage());
            return false;
        }
    }

    /** Opens a file again that may have been renamed. Where that fails, all stays as it is. */
    private static void log(Arguments.Run arguments, Logging logging) throws IOException {
        Log.to(output(logging.target()), logging.format() == Logging.Format.JSON ? Format.JSON : Format.TEXT);
        Log.level(level(arguments.logLevel(logging.level())));
    }

    private static Output output(Logging.Target target) {
        return switch (target) {
            case Logging.Target.Stderr stderr -> Output.stderr();
            case Logging.Target.Syslog syslog -> Output.syslog();
            case Logging.Target.File(Path path) -> Output.file(path);
        };
    }

    /** On SIGHUP. Where anything is wrong with a file, all stays as it is. */
    private static void reload(PgRouter router, Arguments.Run arguments) {
        try {
            ConfiguredFiles files = ConfiguredFiles.read(arguments.config());
            log(arguments, files.config().log());
            files.warnings().forEach(LOG::warn);
            router.reload(files);
        } catch (ConfiguredFiles.Unusable e) {
            e.problems().forEach(problem -> LOG.error("not reloaded: " + problem));
        } catch (IOException e) {
            LOG.error("not reloaded: " + e.getMessage());
        }
    }

    /** On the second SIGTERM or SIGINT. */
    private static void endAtOnce() {
        LOG.info("stopped at once");
        Log.flush();
        Runtime.getRuntime().halt(DONE);
    }

    /** The JDK reads this property once, when the first virtual thread is made. */
    private static void carriers(int workers) {
        System.setProperty("jdk.virtualThreadScheduler.parallelism", Integer.toString(workers));
        System.setProperty("jdk.virtualThreadScheduler.maxPoolSize", Integer.toString(Math.max(workers, 256)));
    }

    /** A name that has moved is found at its new address by the next connection. The JDK reads these when it resolves its first. */
    private static void resolveAlways() {
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }

    private static Log.Level level(LogLevel level) {
        return switch (level) {
            case ERROR -> Log.Level.ERROR;
            case WARNING -> Log.Level.WARNING;
            case INFO -> Log.Level.INFO;
            case DEBUG -> Log.Level.DEBUG;
        };
    }
}
