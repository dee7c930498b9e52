package pgrouter.config;

import java.time.Duration;

/** The {@code pool} block. */
final class PoolKeys {
    static final Key<Pool, Integer> SIZE = Key.of("size", Amounts.number(0, 10_000), 10, Pool::size);
    static final Key<Pool, Duration> IDLE = Key.of("idle", Amounts.TIME, Duration.ofMinutes(1), Pool::idle);
    static final Key<Pool, Duration> AGE = Key.of("age", Amounts.TIME, Duration.ofMinutes(1), Pool::age);

    static final Block<Config.Live, Pool> BLOCK = Block.of("pool", Config.Live::pool, Entries.of(SIZE, IDLE, AGE));

    private PoolKeys() {}

    static Pool of(Given given) {
        return new Pool(given.get(SIZE), given.get(IDLE), given.get(AGE));
    }
}
