package pgrouter.config;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** The {@code health} block. */
final class HealthKeys {
    static final Key<Health, Duration> TIMEOUT =
            Key.of("timeout", Amounts.TIME, Duration.ofSeconds(3), Health::timeout);
    static final Key<Health, Duration> CHECK = Key.of("check", Amounts.TIME, Duration.ofSeconds(7), Health::check);
    static final Key<Health, String> DATABASE = Key.of("database", Values.NAME, "postgres", Health::database);
    static final Key<Health, String> USERNAME = Key.of("username", Values.NAME, "pgrouter", Health::username);
    static final Key<Health, Secret> PASSWORD =
            new Key<>("password", Secret.FORM, Optional.of(Secret.NONE), HealthKeys::password);

    static final Block<Config.Live, Health> BLOCK =
            Block.of("health", Config.Live::health, Entries.of(TIMEOUT, CHECK, DATABASE, USERNAME, PASSWORD));

    private HealthKeys() {}

    private static Stream<Setting> password(String directive, Health health) {
        return Stream.of(
                Setting.hidden(directive, Optional.of(health.password()).filter(text -> !text.isEmpty())));
    }

    static Health of(Given given) {
        return new Health(
                given.get(TIMEOUT),
                given.get(CHECK),
                given.get(DATABASE),
                given.get(USERNAME),
                given.get(PASSWORD).text());
    }
}
