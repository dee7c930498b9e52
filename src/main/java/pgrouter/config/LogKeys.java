package pgrouter.config;

import java.time.Duration;

/** {@code log LEVEL}, with or without a block. */
final class LogKeys {
    static final Key<Logging, LogLevel> LEVEL = Key.of("level", Values.LOG_LEVEL, LogLevel.INFO, Logging::level);
    static final Key<Logging, Logging.Target> TO =
            Key.of("to", Values.LOG_TARGET, new Logging.Target.Stderr(), Logging::target);
    static final Key<Logging, Logging.Format> FORMAT =
            Key.of("format", Values.LOG_FORMAT, Logging.Format.TEXT, Logging::format);
    static final Key<Logging, Duration> SLOW = Key.of("slow", Amounts.TIME_OR_OFF, Duration.ZERO, Logging::slow);

    static final Block<Config.Live, Logging> BLOCK = Block.of(
                    "log", Config.Live::log, Entries.of(LEVEL, TO, FORMAT, SLOW))
            .argument(LEVEL, Block.optionalArgument(LEVEL, Values.LOG_LEVEL));

    private LogKeys() {}

    static Logging of(Given given) {
        return new Logging(given.get(LEVEL), given.get(TO), given.get(FORMAT), given.get(SLOW));
    }
}
