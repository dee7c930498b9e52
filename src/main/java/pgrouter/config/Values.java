package pgrouter.config;

import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import pgrouter.config.Token.Kind;
import pgrouter.config.Value.Unexpected;

/** The values of directives, other than addresses. A string in quotes is text, never a number or a keyword. */
final class Values {
    static final int MOST_WORKERS = 1024;
    static final int MOST_CLIENTS = 1_000_000;
    static final int MOST_POOLED = 10_000;
    static final long LEAST_MEMORY = 64 * 1024;

    /** Keeps the sum over any number of backends far from overflow. */
    static final int HIGHEST_WEIGHT = 1_000_000;

    static final Value<String> NAME = new Value<>("a name", token -> text(token, "a name"));
    static final Value<String> CIPHERS = new Value<>("a list of ciphers", token -> text(token, "a list of ciphers"));
    static final Value<String> PASSWORD = new Value<>("a password", Values::password);
    static final Value<Integer> WORKERS = new Value<>("a number from 1 to " + MOST_WORKERS, Values::workers);
    static final Value<LogLevel> LOG_LEVEL = new Value<>("ERROR, WARNING, INFO or DEBUG", Values::logLevel);
    static final Value<Logging.Format> LOG_FORMAT = new Value<>("text or json", Values::logFormat);
    static final Value<BackendTls.Mode> BACKEND_TLS =
            new Value<>("on, off, skipverify, require or direct", Values::backendTls);
    static final Value<BackendAuth> BACKEND_AUTH =
            new Value<>("scram-sha-256, md5, password or any", Values::backendAuth);
    static final Value<Set<TlsProtocol>> PROTOCOLS =
            new Value<>("TLSv1.2, TLSv1.3 or both, with a comma between them", Values::protocols);
    static final Value<Boolean> ON_OR_OFF = new Value<>("on or off", Values::onOrOff);
    static final Value<String> QUERY = new Value<>("a query", token -> text(token, "a query"));
    static final Value<String> PASSPHRASE = new Value<>("a passphrase", token -> text(token, "a passphrase"));
    static final Value<Consistency> CONSISTENCY = new Value<>("eventual, session or cluster", Values::consistency);
    static final Value<FunctionRule> FUNCTION_RULE = new Value<>("ask, careful or volatile", Values::functionRule);
    static final Value<Duration> WAIT = new Value<>("0 or a time such as 20ms or 1s", Values::waitTime);
    static final Value<Long> SIZE = new Value<>("a size such as 200, 64kb or 1gb", Values::size);
    static final Value<Long> MEMORY = new Value<>("a size from 64kb, such as 16mb", Values::memory);
    static final Value<Lag> LAG = new Value<>("a size such as 16mb, or a time such as 500ms", Values::lag);
    static final Value<Duration> TIME_OR_OFF = new Value<>("off or a time such as 30s or 5m", Values::timeOrOff);
    static final Value<Integer> CLIENTS = new Value<>("a number from 1 to " + MOST_CLIENTS, Values::clients);
    static final Value<Integer> POOL_SIZE = new Value<>("a number from 0 to " + MOST_POOLED, Values::poolSize);
    static final Value<Duration> TIME = new Value<>("a time such as 3s, 2m, 1h or 200ms", Values::time);
    static final Value<Integer> WEIGHT = new Value<>("a weight such as 100 or 1.25", Values::weight);

    /** Longer numbers are out of every range, and converting them costs the square of their length. */
    private static final int LONGEST = 40;

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]+)([a-z]*)");
    private static final Pattern DECIMAL = Pattern.compile("([0-9]+)(?:\\.([0-9]+))?");

    private Values() {}

    /** A file; a relative name starts at the base directory. */
    static Value<Path> file(Path baseDirectory) {
        return new Value<>("a file name", token -> path(token, baseDirectory));
    }

    /** A place for lines: a word of its own, or a file. */
    static Value<Logging.Target> logTarget(Value<Path> file) {
        return new Value<>("stderr, syslog or a file name", token -> logTarget(token, file));
    }

    private static Logging.Target logTarget(Token token, Value<Path> file) throws Unexpected {
        if (isKeyword(token, "stderr")) {
            return new Logging.Target.Stderr();
        }
        return isKeyword(token, "syslog")
                ? new Logging.Target.Syslog()
                : new Logging.Target.File(file.reader().read(token));
    }

    static boolean isKeyword(Token token, String keyword) {
        return token.is(Kind.WORD) && token.text().equalsIgnoreCase(keyword);
    }

    private static Path path(Token token, Path baseDirectory) throws Unexpected {
        String name = text(token, "a file name");
        try {
            return baseDirectory.resolve(name);
        } catch (InvalidPathException e) {
            throw new Unexpected("a file name that this system allows");
        }
    }

    private static String text(Token token, String what) throws Unexpected {
        if (token.text().isEmpty()) {
            throw new Unexpected(what);
        }
        return withoutNul(token, what);
    }

    private static String password(Token token) throws Unexpected {
        return withoutNul(token, "a password");
    }

    /** A NUL ends a string in a startup packet, and what follows it would be read as another parameter. */
    private static String withoutNul(Token token, String what) throws Unexpected {
        if (token.text().indexOf('\0') >= 0) {
            throw new Unexpected(what + " without a NUL character");
        }
        return token.text();
    }

    private static int workers(Token token) throws Unexpected {
        return bounded(number(token, WORKERS), 1, MOST_WORKERS, WORKERS.what());
    }

    private static LogLevel logLevel(Token token) throws Unexpected {
        return keyword(token, LogLevel.values(), LOG_LEVEL);
    }

    private static Logging.Format logFormat(Token token) throws Unexpected {
        return keyword(token, Logging.Format.values(), LOG_FORMAT);
    }

    private static BackendTls.Mode backendTls(Token token) throws Unexpected {
        return keyword(token, BackendTls.Mode.values(), BACKEND_TLS);
    }

    private static BackendAuth backendAuth(Token token) throws Unexpected {
        return Stream.of(BackendAuth.values())
                .filter(auth -> auth != BackendAuth.DEFAULT && isKeyword(token, auth.toString()))
                .findFirst()
                .orElseThrow(() -> new Unexpected(BACKEND_AUTH.what()));
    }

    /** Separators as in a list of ciphers, which stands beside it. */
    private static Set<TlsProtocol> protocols(Token token) throws Unexpected {
        Set<TlsProtocol> found = EnumSet.noneOf(TlsProtocol.class);
        for (String name : token.text().split("[ ,:]+", -1)) {
            found.add(Stream.of(TlsProtocol.values())
                    .filter(protocol -> protocol.protocolName().equalsIgnoreCase(name))
                    .findFirst()
                    .orElseThrow(() -> new Unexpected(PROTOCOLS.what())));
        }
        return found;
    }

    private static boolean onOrOff(Token token) throws Unexpected {
        if (isKeyword(token, "on") || isKeyword(token, "off")) {
            return isKeyword(token, "on");
        }
        throw new Unexpected(ON_OR_OFF.what());
    }

    private static Consistency consistency(Token token) throws Unexpected {
        return keyword(token, Consistency.values(), CONSISTENCY);
    }

    private static FunctionRule functionRule(Token token) throws Unexpected {
        return keyword(token, FunctionRule.values(), FUNCTION_RULE);
    }

    private static int clients(Token token) throws Unexpected {
        return bounded(number(token, CLIENTS), 1, MOST_CLIENTS, CLIENTS.what());
    }

    private static int poolSize(Token token) throws Unexpected {
        return bounded(number(token, POOL_SIZE), 0, MOST_POOLED, POOL_SIZE.what());
    }

    /** {@code 16m} is a size, as everywhere; a time says {@code ms}, {@code s} or {@code h}. */
    private static Lag lag(Token token) throws Unexpected {
        Matcher parts = matched(NUMBER_AND_UNIT, token, LAG);
        return switch (parts.group(2)) {
            case "ms", "s", "h" -> new Lag.Time(time(token));
            case "", "b", "k", "kb", "m", "mb", "g", "gb" -> new Lag.Bytes(size(token));
            default -> throw new Unexpected(LAG.what());
        };
    }

    private static Duration timeOrOff(Token token) throws Unexpected {
        return isKeyword(token, "off") ? Duration.ZERO : waitTime(token);
    }

    private static Duration waitTime(Token token) throws Unexpected {
        return isKeyword(token, "0") ? Duration.ZERO : time(token);
    }

    private static <E extends Enum<E>> E keyword(Token token, E[] choices, Value<E> value) throws Unexpected {
        for (E choice : choices) {
            if (isKeyword(token, choice.name())) {
                return choice;
            }
        }
        throw new Unexpected(value.what());
    }

    private static long size(Token token) throws Unexpected {
        Matcher parts = matched(NUMBER_AND_UNIT, token, SIZE);
        int shift = switch (parts.group(2)) {
            case "", "b" -> 0;
            case "k", "kb" -> 10;
            case "m", "mb" -> 20;
            case "g", "gb" -> 30;
            default -> throw new Unexpected(SIZE.what());
        };
        BigInteger bytes = new BigInteger(parts.group(1)).shiftLeft(shift);
        if (bytes.bitLength() > 63) {
            throw new Unexpected("a size below 8589934592gb");
        }
        return bytes.longValue();
    }

    private static long memory(Token token) throws Unexpected {
        long bytes = size(token);
        if (bytes < LEAST_MEMORY) {
            throw new Unexpected(MEMORY.what());
        }
        return bytes;
    }

    private static Duration time(Token token) throws Unexpected {
        Matcher parts = matched(NUMBER_AND_UNIT, token, TIME);
        int milliseconds = switch (parts.group(2)) {
            case "ms" -> 1;
            case "s" -> 1000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            case "" -> throw new Unexpected("a time with its unit (ms, s, m or h)");
            default -> throw new Unexpected(TIME.what());
        };
        BigInteger total = new BigInteger(parts.group(1)).multiply(BigInteger.valueOf(milliseconds));
        // Timeouts of sockets are an int of milliseconds.
        int most = Integer.MAX_VALUE;
        return Duration.ofMillis(bounded(total, 1, most, "a time from 1ms to 596h"));
    }

    private static int weight(Token token) throws Unexpected {
        Matcher parts = matched(DECIMAL, token, WEIGHT);
        BigInteger whole = new BigInteger(parts.group(1));
        String decimals = parts.group(2);
        if (decimals == null) {
            return bounded(whole, 0, HIGHEST_WEIGHT, "a weight from 0 to " + HIGHEST_WEIGHT);
        }
        if (decimals.length() > 2) {
            throw new Unexpected("a weight with at most two decimals");
        }
        String hundredths = parts.group(1) + (decimals + "0").substring(0, 2);
        return bounded(new BigInteger(hundredths), 0, HIGHEST_WEIGHT, "a weight from 0.00 to 10000.00");
    }

    private static BigInteger number(Token token, Value<?> value) throws Unexpected {
        Matcher parts = matched(NUMBER_AND_UNIT, token, value);
        if (!parts.group(2).isEmpty()) {
            throw new Unexpected(value.what());
        }
        return new BigInteger(parts.group(1));
    }

    private static Matcher matched(Pattern pattern, Token token, Value<?> value) throws Unexpected {
        Matcher matcher = pattern.matcher(token.text().toLowerCase(Locale.ROOT));
        if (!token.is(Kind.WORD) || token.text().length() > LONGEST || !matcher.matches()) {
            throw new Unexpected(value.what());
        }
        return matcher;
    }

    private static int bounded(BigInteger number, int least, int most, String what) throws Unexpected {
        boolean inside =
                number.compareTo(BigInteger.valueOf(least)) >= 0 && number.compareTo(BigInteger.valueOf(most)) <= 0;
        if (!inside) {
            throw new Unexpected(what);
        }
        return number.intValue();
    }
}
