package pgrouter.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code backend ADDRESS} and {@code backend default}, with or without a block. */
final class BackendKeys {
    /** The default is one WAL segment, and a time after which replay stands still. */
    static final Key<Backend, Lag> LAG = new Key<>(
            "lag",
            BackendKeys::lag,
            Optional.of(Lag.ofBytes(16L << 20).and(Lag.ofTime(Duration.ofSeconds(10)))),
            (directive, backend) -> Stream.of(Setting.of(
                    directive, backend.limit(), Optional.of(backend.limit().toString()))));

    static final Key<Backend, Integer> WEIGHT = Key.of("weight", Amounts.WEIGHT, 100, Backend::weight);

    /** The default is the timeout of the health checks, also where the file sets that. */
    static final Key<Backend, Duration> TIMEOUT =
            Key.of("timeout", Amounts.TIME, HealthKeys.TIMEOUT.initial().orElseThrow(), Backend::timeout);

    static final Key<Backend, BackendAuth> AUTH = Key.of(
            "auth",
            Values.BACKEND_AUTH,
            backend -> Optional.of(backend.auth()).filter(auth -> auth != BackendAuth.DEFAULT));

    static final Entries<Backend> KEYS = Entries.of(
            BackendTlsKeys.MODE,
            BackendTlsKeys.IDENTITY.cert(),
            BackendTlsKeys.IDENTITY.key(),
            BackendTlsKeys.IDENTITY.passphrase(),
            BackendTlsKeys.AUTHORITY.ca(),
            BackendTlsKeys.AUTHORITY.crl(),
            LAG,
            WEIGHT,
            TIMEOUT,
            AUTH);

    static final Key<Config.Live, Backends> BACKEND = new Key<Config.Live, Backends>(
                    "backend", BackendKeys::read, Optional.empty(), BackendKeys::settings)
            .with(KEYS);

    private BackendKeys() {}

    private static Optional<Lag> lag(Directive directive, DirectiveReader reader, Optional<Lag> before) {
        return Stream.concat(before.stream(), reader.several(directive, 2, Amounts.LAG).stream())
                .reduce(Lag::and);
    }

    private static Optional<Backends> read(Directive directive, DirectiveReader reader, Optional<Backends> before) {
        Backends backends = before.orElseGet(Backends::new);
        List<Token> arguments = directive.arguments();
        if (!arguments.isEmpty() && Values.isKeyword(arguments.get(0), "default")) {
            reader.atMost(1, directive);
            reader.into(backends.defaults()).read(directive.inner(), KEYS);
        } else {
            node(directive, reader, backends);
        }
        return Optional.of(backends);
    }

    private static void node(Directive directive, DirectiveReader reader, Backends backends) {
        Given keys = backends.defaults().copy();
        reader.into(keys).read(directive.inner(), KEYS);
        BackendTlsKeys.check(keys, directive.name(), reader.problems());
        backends.add(reader.only(directive, Addresses.BACKEND.placed()), keys, reader.problems());
    }

    private static Stream<Setting> settings(String directive, Config.Live live) {
        return live.backends().stream()
                .flatMap(backend -> KEYS.settings(directive + " " + backend.address() + " ", backend));
    }

    /** @param healthTimeout holds where the file does not say another */
    static Backend of(Address address, Given given, Duration healthTimeout) {
        Lag lag = given.get(LAG);
        return new Backend(
                address,
                BackendTlsKeys.of(given),
                lag.bytes().orElse(Long.MAX_VALUE),
                lag.time(),
                given.get(WEIGHT),
                given.find(TIMEOUT).orElse(healthTimeout),
                given.find(AUTH).orElse(BackendAuth.DEFAULT));
    }
}
