package pgrouter;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import pgrouter.config.LogLevel;

/** The command line. Reading it prints nothing, touches no file and never exits: that is up to the caller. */
sealed interface Arguments {
    Path DEFAULT_CONFIG = Path.of("/etc/pgrouter.conf");

    String USAGE = """
            Usage: java -jar pgrouter.jar [-c FILE] [-t | --probe | -d] [-v] [-F]
                   java -jar pgrouter.jar passwd [--md5] FILE USER
                   java -jar pgrouter.jar passwd --import FILE

              -c, -C, --config FILE  configuration file (default: /etc/pgrouter.conf)
              -t, --test             check the files, say what is wrong with them, and exit
                  --probe            log in at every backend once, print what each of them is and
                                     what is wrong with it, and exit
              -v, --verbose          log one level more than the configuration file says;
                                     may be repeated
              -d, --daemon           go to the background: return when it serves, or say why not
              -F, --foreground       stay in the foreground, which it does without -d
              -h, --help             show this text and exit
                  --version          show the version and exit

            passwd puts users into the authdb FILE. It asks for the password of USER, or takes
            it from the first line of stdin where there is no terminal.

                  --md5              keep an MD5 hash instead of a SCRAM-SHA-256 verifier
                  --import           take the users from stdin, a line each: what
                                     psql -At -F ' ' -c "SELECT usename, passwd FROM pg_shadow"
                                     prints, or a userlist.txt of PgBouncer
            """;

    /** The place of the process that serves. */
    enum Place {
        /** The place where it was started. {@code -F} leaves no trace: this is so without it. */
        FOREGROUND,
        /** Another process in the background, which this one starts. */
        DAEMON,
        /** This process in the background, started by another one. */
        DETACHED
    }

    /** Start and route. */
    record Run(Path config, int verbose, Place place) implements Arguments {
        /** The words that ask for this. */
        List<String> words() {
            List<String> words = new ArrayList<>();
            switch (place) {
                case FOREGROUND -> words.add("--foreground");
                case DAEMON -> words.add("--daemon");
                case DETACHED -> words.add("--detached");
            }
            words.addAll(Collections.nCopies(verbose, "--verbose"));
            words.addAll(List.of("--config", config.toString()));
            return words;
        }

        Run in(Place other) {
            return new Run(config, verbose, other);
        }

        /** The level to log at: one further for every {@code -v}, as far as there are levels. */
        LogLevel logLevel(LogLevel configured) {
            LogLevel level = configured;
            for (int i = 0; i < verbose; i++) {
                level = level.more();
            }
            return level;
        }
    }

    /** Check the configuration file and the files that it names. */
    record Check(Path config) implements Arguments {}

    /** Log in at every backend once, and say what is wrong. */
    record Probe(Path config) implements Arguments {}

    /** Ask for a user's password, and put what checks it into an authdb. */
    record Passwd(Path file, String user, boolean md5) implements Arguments {}

    /** Put the users of a list on the standard input into an authdb. */
    record Import(Path file) implements Arguments {}

    /** Print {@link #USAGE}. */
    record Help() implements Arguments {}

    /** Print the version. */
    record Version() implements Arguments {}

    /** The command line makes no sense; the message is one line that says why. */
    record Misused(String message) implements Arguments {}

    /** Reads a command line in the manner of getopt: {@code -vvtc FILE}, {@code -cFILE}, {@code --config=FILE}, {@code --}. */
    static Arguments of(String... words) {
        List<String> all = List.of(words);
        return !all.isEmpty() && all.getFirst().equals("passwd")
                ? new PasswdArguments(all.subList(1, all.size())).read()
                : new Reader(all).read();
    }

    /** Reads the words once. The first option that decides everything, or the first mistake, ends it. */
    final class Reader {
        private final Deque<String> words;
        private Path config = DEFAULT_CONFIG;
        private boolean test;
        private boolean probe;
        private int verbose;
        private Place place = Place.FOREGROUND;

        private Reader(List<String> words) {
            this.words = new ArrayDeque<>(words);
        }

        private Arguments read() {
            Optional<Arguments> end = Optional.empty();
            while (end.isEmpty() && !words.isEmpty()) {
                end = word(words.remove());
            }
            return end.orElseGet(this::decided);
        }

        private Arguments decided() {
            if (test && probe) {
                return new Misused("-t and --probe exclude each other: --probe checks the files too");
            }
            if ((test || probe) && place == Place.DAEMON) {
                return new Misused("-d excludes " + (test ? "-t" : "--probe") + ", which says something and ends");
            }
            if (probe) {
                return new Probe(config);
            }
            return test ? new Check(config) : new Run(config, verbose, place);
        }

        private Optional<Arguments> word(String word) {
            if (word.equals("--")) {
                return words.isEmpty() ? Optional.empty() : stray(words.remove());
            }
            if (word.startsWith("--")) {
                return longOption(word);
            }
            return word.startsWith("-") && word.length() > 1 ? shortOptions(word) : stray(word);
        }

        private Optional<Arguments> longOption(String word) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                return option(word, Optional.empty());
            }
            String name = word.substring(0, equals);
            return name.equals("--config")
                    ? option(name, Optional.of(word.substring(equals + 1)))
                    : misused(isOption(name) ? "option " + name + " takes no value" : "unknown option " + name);
        }

        private Optional<Arguments> shortOptions(String word) {
            Optional<Arguments> end = Optional.empty();
            for (int i = 1; end.isEmpty() && i < word.length(); i++) {
                String name = "-" + word.charAt(i);
                boolean attached = name.equalsIgnoreCase("-c") && i + 1 < word.length();
                end = option(name, attached ? Optional.of(word.substring(i + 1)) : Optional.empty());
                if (attached) {
                    return end;
                }
            }
            return end;
        }

        private Optional<Arguments> option(String name, Optional<String> attached) {
            return switch (name) {
                case "-c", "-C", "--config" -> config(name, attached.or(() -> Optional.ofNullable(words.poll())));
                case "-t", "--test" -> {
                    test = true;
                    yield Optional.empty();
                }
                case "--probe" -> {
                    probe = true;
                    yield Optional.empty();
                }
                case "-v", "--verbose" -> {
                    verbose++;
                    yield Optional.empty();
                }
                case "-F", "--foreground" -> place(Place.FOREGROUND);
                case "-d", "--daemon" -> place(Place.DAEMON);
                case "--detached" -> place(Place.DETACHED);
                case "-h", "--help" -> Optional.of(new Help());
                case "--version" -> Optional.of(new Version());
                default -> misused("unknown option " + name);
            };
        }

        private Optional<Arguments> place(Place given) {
            place = given;
            return Optional.empty();
        }

        private static boolean isOption(String name) {
            return List.of(
                            "--test",
                            "--probe",
                            "--verbose",
                            "--foreground",
                            "--daemon",
                            "--detached",
                            "--help",
                            "--version")
                    .contains(name);
        }

        private Optional<Arguments> config(String name, Optional<String> file) {
            if (file.filter(text -> !text.isEmpty()).isEmpty()) {
                return misused("option " + name + " needs a file");
            }
            try {
                config = Path.of(file.get());
                return Optional.empty();
            } catch (InvalidPathException e) {
                return misused("option " + name + " needs a file name that this system allows");
            }
        }

        private static Optional<Arguments> stray(String word) {
            return misused("unexpected argument " + word);
        }

        private static Optional<Arguments> misused(String message) {
            return Optional.of(new Misused(message));
        }
    }
}
