package pgrouter;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import pgrouter.Arguments.Place;
import pgrouter.config.Address;
import pgrouter.config.Config;
import pgrouter.config.LogLevel;
import pgrouter.config.Logging;
import pgrouter.log.Format;
import pgrouter.log.Log;
import pgrouter.log.Output;
import pgrouter.process.Account;
import pgrouter.process.PidFile;
import pgrouter.process.Privileges;
import pgrouter.process.Signals;
import pgrouter.process.Successor;

/**
 * Runs pgrouter from valid files to the end of the process. It binds sockets and takes the pidfile first, which may need root, and then
 * gives root up: files that are created from then on belong to the user that pgrouter runs as. Main thread only.
 */
final class Service {
    private static final Log LOG = Log.of("pgrouter");

    private final Arguments.Run arguments;
    private final String[] words;
    private final PrintStream out;
    private final PrintStream err;

    /** @param words the command line of the arguments */
    Service(Arguments.Run arguments, String[] words, PrintStream out, PrintStream err) {
        this.arguments = arguments;
        this.words = words.clone();
        this.out = out;
        this.err = err;
    }

    /**
     * Serves until the process is told to end. If another process serves in the background, returns when it does.
     *
     * @return false if it failed, after the reason was printed
     */
    boolean run(ConfiguredFiles files) throws InterruptedException {
        try {
            Config config = files.config();
            boolean isRoot = Privileges.areThoseOfRoot();
            Optional<Account> next = config.fixed()
                    .user()
                    .filter(user -> isRoot)
                    .map(user -> new Account(user, config.fixed().group()));
            boolean again = next.isPresent() && !Privileges.canBeGivenUp();
            if (arguments.place() == Place.DAEMON) {
                requireLog(config);
                return successor(config, Place.DETACHED, next.filter(account -> again))
                                .detach(err)
                        == 0;
            }
            if (again) {
                return successor(config, arguments.place(), next).attend() == 0;
            }
            serve(files, isRoot, next);
            return true;
        } catch (IOException e) {
            err.println("pgrouter: " + e.getMessage());
            return false;
        }
    }

    private void requireLog(Config config) throws IOException {
        if (config.live().log().target() instanceof Logging.Target.Stderr) {
            throw new IOException(
                    "in the background there is nobody to read the log: add `log { to FILE }` or `log { to syslog }` to "
                            + arguments.config());
        }
    }

    private Successor successor(Config config, Place place, Optional<Account> account)
            throws IOException, InterruptedException {
        if (account.isPresent()) {
            requireOpenPorts(config, account.get());
            if (config.fixed().pidfile().isPresent()) {
                PidFile.leaveTo(account.get(), config.fixed().pidfile().get());
            }
        }
        return Successor.of(words, arguments.in(place).words(), account);
    }

    /** Refuses ports that only root may listen on. */
    private static void requireOpenPorts(Config config, Account account) throws IOException {
        int first = Privileges.firstOpenPort();
        Optional<Address> closed = Stream.of(
                        config.fixed().listen().stream(),
                        Stream.of(config.fixed().monitor()),
                        config.fixed().http().stream())
                .flatMap(addresses -> addresses)
                .filter(address -> !(address instanceof Address.Directory))
                .filter(address -> address.port() != 0 && address.port() < first)
                .findFirst();
        if (closed.isPresent()) {
            throw new IOException("cannot listen on " + closed.get() + " as " + account
                    + " with this Java: take Java 22 or a later one, or a port from " + first + " on");
        }
    }

    private void serve(ConfiguredFiles files, boolean isRoot, Optional<Account> next)
            throws IOException, InterruptedException {
        Config config = files.config();
        carriers(config.fixed().workers());
        Main.resolveAlways();
        try (Closeable pidFile = pidFile(config, next);
                Sockets sockets = Sockets.bind(config.fixed())) {
            if (next.isPresent()) {
                Privileges.giveUp(next.get());
            }
            log(config.live().log());
            identity(config, isRoot, next);
            files.warnings().forEach(LOG::warn);
            Signals signals = Signals.heed(() -> endAtOnce(pidFile));
            Requests requests = new Requests(signals, () -> endAtOnce(pidFile));
            serve(PgRouter.start(files, sockets, requests), signals, requests);
        }
    }

    private void serve(PgRouter router, Signals signals, Requests requests) throws InterruptedException {
        if (arguments.place() == Place.DETACHED) {
            Successor.ready(out);
        }
        while (signals.take() == Signals.Signal.RELOAD) {
            requests.reload(() -> reload(router));
        }
        requests.close();
        router.end();
        LOG.info("stopped");
    }

    private static Closeable pidFile(Config config, Optional<Account> next) throws IOException {
        return config.fixed().pidfile().isPresent()
                ? PidFile.take(config.fixed().pidfile().get(), next)
                : () -> {};
    }

    /** Logs the user that pgrouter runs as, and what that user may not do. */
    private void identity(Config config, boolean isRoot, Optional<Account> next) {
        String user = System.getProperty("user.name");
        if (next.isPresent()) {
            LOG.info("runs as " + next.get());
            unreadable(config)
                    .forEach(file -> LOG.warn(next.get() + " may not read " + file
                            + ", so that a reload will fail: give the file to that user or group"));
        } else if (isRoot) {
            LOG.warn("runs as root: name a user in the file, whose rights do once it listens");
        } else {
            LOG.info("runs as user " + user);
            config.fixed()
                    .user()
                    .filter(name -> !name.equals(user))
                    .ifPresent(name -> LOG.warn("user " + name
                            + " is not heeded: pgrouter was not started as root, and cannot become another"));
        }
    }

    private List<Path> unreadable(Config config) {
        return Stream.concat(Stream.of(arguments.config()), config.live().secrets().stream())
                .distinct()
                .filter(file -> !Files.isReadable(file))
                .toList();
    }

    /** Opens the log file again, which may have been renamed. If that fails, the log does not change. */
    private void log(Logging logging) throws IOException {
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

    private static Log.Level level(LogLevel level) {
        return switch (level) {
            case ERROR -> Log.Level.ERROR;
            case WARNING -> Log.Level.WARNING;
            case INFO -> Log.Level.INFO;
            case DEBUG -> Log.Level.DEBUG;
        };
    }

    /** Reloads on SIGHUP. If a file has a problem, nothing changes. @return the problems */
    private List<String> reload(PgRouter router) {
        try {
            ConfiguredFiles files = ConfiguredFiles.read(arguments.config());
            log(files.config().live().log());
            files.warnings().forEach(LOG::warn);
            router.reload(files);
            return List.of();
        } catch (ConfiguredFiles.Unusable e) {
            e.problems().forEach(problem -> LOG.error("not reloaded: " + problem));
            return e.problems();
        } catch (IOException e) {
            LOG.error("not reloaded: " + e.getMessage());
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    /** Ends the process on the second SIGTERM or SIGINT. */
    private static void endAtOnce(Closeable pidFile) {
        LOG.info("stopped at once");
        try {
            pidFile.close();
        } catch (IOException e) {
            LOG.error("the pidfile stays: " + e.getMessage());
        }
        Log.flush();
        Runtime.getRuntime().halt(0);
    }

    /** The JDK reads this property once, when the first virtual thread is made. */
    private static void carriers(int workers) {
        System.setProperty("jdk.virtualThreadScheduler.parallelism", Integer.toString(workers));
        System.setProperty("jdk.virtualThreadScheduler.maxPoolSize", Integer.toString(Math.max(workers, 256)));
    }
}
