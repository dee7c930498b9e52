package pgrouter.config;

import java.nio.file.Path;
import java.time.Duration;

/** The keys of the {@code health} blocks. */
final class HealthKeys {
    private final Section section;
    private final Setting<Duration> timeout = new Setting<>();
    private final Setting<Duration> check = new Setting<>();
    private final Setting<String> database = new Setting<>();
    private final Setting<String> username = new Setting<>();
    private final Setting<Secret> password = new Setting<>();

    /** @param file how the keys read the name of a file */
    HealthKeys(Value<Path> file, Problems problems) {
        section = new Section(problems)
                .value("timeout", Values.TIME, timeout::set)
                .value("check", Values.TIME, check::set)
                .value("database", Values.NAME, database::set)
                .value("username", Values.NAME, username::set)
                .value("password", Values.PASSWORD, text -> password.set(Secret.inline(text)))
                .worded("password", "file", Secret.fileAs(file), password::set)
                .worded("password", "env", Secret.ENVIRONMENT, password::set);
    }

    void read(Directive directive) {
        section.none(directive);
        section.read(directive.inner());
    }

    Health value() {
        return new Health(
                timeout.or(Duration.ofSeconds(3)),
                check.or(Duration.ofSeconds(7)),
                database.or("postgres"),
                username.or("pgrouter"),
                password().text());
    }

    Secret password() {
        return password.or(Secret.NONE);
    }
}
