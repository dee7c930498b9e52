package pgrouter.config;

import java.util.List;
import java.util.Set;

/** The {@code console} block. Several of them add up. */
final class ConsoleKeys {
    static final Key<Config.Live, Set<String>> USERS = UserNames.key(Config.Live::console);

    static final Block<Config.Live, Config.Live> BLOCK =
            Block.of("console", (Config.Live live) -> live, Entries.of(USERS)).checked(ConsoleKeys::check);

    private ConsoleKeys() {}

    /** A console without a user is one that nobody may use, and a mistake. */
    private static void check(Directive directive, DirectiveReader reader) {
        if (reader.given().met(USERS).isEmpty()) {
            reader.problems()
                    .expected("`{ users NAME, NAME }` after " + directive.name().described(), directive.end());
        }
    }

    static List<String> of(Given given) {
        return UserNames.of(given, USERS);
    }
}
