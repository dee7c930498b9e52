package pgrouter.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All directives of the configuration file. To add one: declare its key here or in the class of its block, add its value to the record
 * that holds it, and describe it in the manual, the README and the sample.
 */
final class Directives {
    static final Key<Config.Fixed, UniqueAddresses> LISTEN = new Key<>(
            "listen",
            Directives::listen,
            Optional.of(UniqueAddresses.of(new Address.Any(Addresses.POSTGRESQL_PORT))),
            (directive, fixed) -> Setting.each(directive, fixed.listen()));

    static final Key<Config.Fixed, Address> MONITOR = Key.of(
            "monitor", Addresses.MONITOR, new Address.Host("127.0.0.1", Addresses.MONITOR_PORT), Config.Fixed::monitor);

    static final Key<Config.Fixed, Integer> WORKERS =
            Key.of("workers", Amounts.number(1, 1024), 1, Config.Fixed::workers);

    static final Key<Config.Live, UserSource> AUTHDB =
            new Key<>("authdb", UserSource.FORM, Optional.empty(), Directives::authdb);

    static final Key<Config.Live, Path> HBA = Key.of("hba", Values.FILE, Config.Live::hba);

    static final Key<Config.Live, Value.Placed<Path>> IDENT = new Key<>(
            "ident",
            Form.one(Values.FILE.placed()),
            Optional.empty(),
            (directive, live) -> Stream.of(Setting.of(directive, live.ident())));

    static final Key<Config.Fixed, String> USER = Key.of("user", Values.NAME, Config.Fixed::user);
    static final Key<Config.Fixed, String> GROUP = Key.of("group", Values.NAME, Config.Fixed::group);
    static final Key<Config.Fixed, Path> PIDFILE = Key.of("pidfile", Values.FILE, Config.Fixed::pidfile);

    static final Key<Config.Live, Consistency> CONSISTENCY =
            Key.of("consistency", Values.CONSISTENCY, Consistency.CLUSTER, Config.Live::consistency);
    static final Key<Config.Live, ReadWait> WAIT =
            Key.of("wait", Amounts.READ_WAIT, ReadWait.AUTO, Config.Live::readWait);
    static final Key<Config.Live, Transactions> TRANSACTIONS =
            Key.of("transactions", Values.TRANSACTIONS, Transactions.PRIMARY, Config.Live::transactions);

    /** All of them, in the order in which problems and {@code SHOW CONFIG} list them. */
    static final Entries<Config> ALL = Entries.of(
            Part.fixed(LISTEN),
            Part.fixed(MONITOR),
            HttpKeys.BLOCK,
            Part.fixed(WORKERS),
            Part.live(AUTHDB),
            Part.live(HBA),
            Part.live(IDENT),
            Part.live(TlsKeys.BLOCK),
            Part.fixed(USER),
            Part.fixed(GROUP),
            Part.fixed(PIDFILE),
            Part.live(LogKeys.BLOCK),
            Part.live(HealthKeys.BLOCK),
            Part.live(CONSISTENCY),
            Part.live(WAIT),
            Part.live(TRANSACTIONS),
            Part.fixed(RouteKeys.BLOCK),
            Part.live(PoolKeys.BLOCK),
            Part.live(ConsoleKeys.BLOCK),
            Part.live(ClientKeys.BLOCK),
            Part.live(LimitKeys.LOGIN),
            Part.live(LimitKeys.IDLE),
            Part.live(LimitKeys.FAILOVER),
            Part.live(LimitKeys.SHUTDOWN),
            Part.live(BackendKeys.BACKEND));

    private Directives() {}

    private static Optional<UniqueAddresses> listen(
            Directive directive, DirectiveReader reader, Optional<UniqueAddresses> before) {
        UniqueAddresses addresses = before.orElseGet(UniqueAddresses::new);
        reader.withoutBlock(directive);
        reader.only(directive, Addresses.LISTEN.placed())
                .ifPresent(address -> addresses.add(address, reader.problems()));
        return Optional.of(addresses).filter(given -> !given.all().isEmpty());
    }

    private static Stream<Setting> authdb(String directive, Config.Live live) {
        return Stream.of(
                Setting.of(directive, live.users().file()),
                Setting.of(directive + " query", live.users().query()));
    }
}
