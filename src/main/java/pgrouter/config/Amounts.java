package pgrouter.config;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pgrouter.config.Token.Kind;
import pgrouter.config.Value.Unexpected;

/** The values that are numbers, with or without a unit. */
final class Amounts {
    static final Value<Duration> TIME =
            Value.of("a time such as 3s, 2m, 1h or 200ms", Amounts::readTime, Amounts::time);
    static final Value<Duration> TIME_OR_ZERO =
            Value.of("0 or a time such as 20ms or 1s", token -> timeOrZero(token), Amounts::time);
    static final Value<ReadWait> READ_WAIT =
            Value.of("off, auto or a time such as 20ms or 1s", Amounts::readWait, Amounts::readWait);
    static final Value<Duration> TIME_OR_OFF = Value.of(
            "off or a time such as 30s or 5m",
            token -> Values.isKeyword(token, "off") ? Duration.ZERO : timeOrZero(token),
            time -> time.isZero() ? "off" : time(time));
    static final Value<Long> MEMORY = Value.of("a size from 64kb, such as 16mb", Amounts::memory, Amounts::size);
    static final Value<Lag> LAG = Value.of("a size such as 16mb, or a time such as 500ms", Amounts::lag);
    static final Value<Integer> WEIGHT = Value.of("a weight such as 100 or 1.25", Amounts::weight);

    private static final String SIZE = "a size such as 200, 64kb or 1gb";
    private static final long LEAST_MEMORY = 64 * 1024;

    /** Keeps the sum over any number of backends far from overflow. */
    private static final int HIGHEST_WEIGHT = 1_000_000;

    /** Longer numbers are out of every range, and converting them costs the square of their length. */
    private static final int LONGEST = 40;

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]+)([a-z]*)");
    private static final Pattern DECIMAL = Pattern.compile("([0-9]+)(?:\\.([0-9]+))?");

    private Amounts() {}

    /** A number without a unit, with its bounds. */
    static Value<Integer> number(int least, int most) {
        String what = "a number from " + least + " to " + most;
        return Value.of(what, token -> {
            Matcher parts = matched(NUMBER_AND_UNIT, token, what);
            if (!parts.group(2).isEmpty()) {
                throw new Unexpected(what);
            }
            return bounded(new BigInteger(parts.group(1)), least, most, what);
        });
    }

    /** Writes a number of bytes with the largest unit that loses nothing. */
    static String size(long bytes) {
        List<String> units = List.of("b", "kb", "mb", "gb");
        int unit = bytes == 0 ? 0 : Math.min(Long.numberOfTrailingZeros(bytes) / 10, units.size() - 1);
        return (bytes >> (10 * unit)) + units.get(unit);
    }

    /** Writes a time with the largest unit, up to minutes, that loses nothing. */
    static String time(Duration time) {
        long millis = time.toMillis();
        if (millis == 0) {
            return "0";
        }
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        return millis % 60_000 == 0 ? millis / 60_000 + "m" : millis / 1000 + "s";
    }

    private static ReadWait readWait(Token token) throws Unexpected {
        if (Values.isKeyword(token, "auto")) {
            return ReadWait.AUTO;
        }
        return Values.isKeyword(token, "off") ? ReadWait.OFF : ReadWait.of(timeOrZero(token));
    }

    private static String readWait(ReadWait wait) {
        if (wait.adapts()) {
            return "auto";
        }
        return wait.isOff() ? "off" : time(wait.most());
    }

    private static Duration timeOrZero(Token token) throws Unexpected {
        return Values.isKeyword(token, "0") ? Duration.ZERO : readTime(token);
    }

    private static Duration readTime(Token token) throws Unexpected {
        Matcher parts = matched(NUMBER_AND_UNIT, token, TIME.what());
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

    /** {@code 16m} is a size, as everywhere; a time says {@code ms}, {@code s} or {@code h}. */
    private static Lag lag(Token token) throws Unexpected {
        Matcher parts = matched(NUMBER_AND_UNIT, token, LAG.what());
        return switch (parts.group(2)) {
            case "ms", "s", "h" -> Lag.ofTime(readTime(token));
            case "", "b", "k", "kb", "m", "mb", "g", "gb" -> Lag.ofBytes(readSize(token));
            default -> throw new Unexpected(LAG.what());
        };
    }

    private static long memory(Token token) throws Unexpected {
        long bytes = readSize(token);
        if (bytes < LEAST_MEMORY) {
            throw new Unexpected(MEMORY.what());
        }
        return bytes;
    }

    private static long readSize(Token token) throws Unexpected {
        Matcher parts = matched(NUMBER_AND_UNIT, token, SIZE);
        int shift = switch (parts.group(2)) {
            case "", "b" -> 0;
            case "k", "kb" -> 10;
            case "m", "mb" -> 20;
            case "g", "gb" -> 30;
            default -> throw new Unexpected(SIZE);
        };
        BigInteger bytes = new BigInteger(parts.group(1)).shiftLeft(shift);
        if (bytes.bitLength() > 63) {
            throw new Unexpected("a size below 8589934592gb");
        }
        return bytes.longValue();
    }

    /** A decimal number counts hundredths. */
    private static int weight(Token token) throws Unexpected {
        Matcher parts = matched(DECIMAL, token, WEIGHT.what());
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

    private static Matcher matched(Pattern pattern, Token token, String what) throws Unexpected {
        Matcher matcher = pattern.matcher(token.text().toLowerCase(Locale.ROOT));
        if (!token.is(Kind.WORD) || token.text().length() > LONGEST || !matcher.matches()) {
            throw new Unexpected(what);
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
