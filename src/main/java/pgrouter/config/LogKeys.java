package pgrouter.config;

import java.nio.file.Path;
import java.time.Duration;

/** {@code log LEVEL}, with or without a block of more about it. */
final class LogKeys {
    private final Section section;
    private final Setting<LogLevel> level = new Setting<>();
    private final Setting<Logging.Target> target = new Setting<>();
    private final Setting<Logging.Format> format = new Setting<>();
    private final Setting<Duration> slow = new Setting<>();

    /** @param file how the keys read the name of a file */
    LogKeys(Value<Path> file, Problems problems) {
        section = new Section(problems)
                .value("level", Values.LOG_LEVEL, level::set)
                .value("to", Values.logTarget(file), target::set)
                .value("format", Values.LOG_FORMAT, format::set)
                .value("slow", Values.TIME_OR_OFF, slow::set);
    }

    void read(Directive directive) {
        section.valued(directive, Values.LOG_LEVEL, level::set);
    }

    Logging value() {
        Logging usual = Logging.USUAL;
        return new Logging(
                level.or(usual.level()), target.or(usual.target()), format.or(usual.format()), slow.or(usual.slow()));
    }
}
