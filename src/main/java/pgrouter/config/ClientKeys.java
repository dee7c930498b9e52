package pgrouter.config;

import java.util.Optional;

/** {@code clients N}, with or without a block. */
final class ClientKeys {
    private static final int MOST = 1_000_000;
    private static final Value<Integer> NUMBER = Amounts.number(1, MOST);

    static final Key<ClientLimits, Integer> ALL = Key.of("clients", NUMBER, 10_000, ClientLimits::all);
    static final Key<ClientLimits, Integer> OF_USER = Key.of("user", NUMBER, limits -> Optional.of(limits.ofUser()));
    static final Key<ClientLimits, Integer> OF_ADDRESS =
            Key.of("address", NUMBER, limits -> Optional.of(limits.ofAddress()));
    static final Key<ClientLimits, Integer> STARTUPS = Key.of("startups", NUMBER, 5_000, ClientLimits::startups);

    /** Some 8,000 prepared statements of 1,500 bytes. */
    static final Key<ClientLimits, Long> MEMORY = Key.of("memory", Amounts.MEMORY, 16L << 20, ClientLimits::memory);

    static final Block<Config.Live, ClientLimits> BLOCK = Block.<Config.Live, ClientLimits>of(
                    "clients", live -> live.limits().clients(), Entries.of(OF_USER, OF_ADDRESS, STARTUPS, MEMORY))
            .argument(ALL, Block.optionalArgument(ALL, NUMBER));

    private ClientKeys() {}

    /** Without a limit for a user or an address there is only the one for all. */
    static ClientLimits of(Given given) {
        return new ClientLimits(
                given.get(ALL),
                given.find(OF_USER).orElse(MOST),
                given.find(OF_ADDRESS).orElse(MOST),
                given.get(STARTUPS),
                given.get(MEMORY));
    }
}
