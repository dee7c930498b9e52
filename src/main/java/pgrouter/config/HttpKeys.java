package pgrouter.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code http ADDRESS}, with or without a block. The address needs a restart, the users do not. */
final class HttpKeys {
    static final Key<Config.Fixed, Address> ADDRESS = Key.of("http", Addresses.HTTP, Config.Fixed::http);
    static final Key<Config.Live, Set<String>> USERS = UserNames.key(Config.Live::httpUsers);

    static final Block<Config, Config> BLOCK = Block.of("http", (Config config) -> config, Entries.of(Part.live(USERS)))
            .argument(Part.fixed(ADDRESS), Block.requiredArgument(ADDRESS, Addresses.HTTP));

    private HttpKeys() {}

    static Optional<Address> address(Given given) {
        return given.find(ADDRESS);
    }

    static List<String> users(Given given) {
        return UserNames.of(given, USERS);
    }
}
