package pgrouter.config;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Collects the addresses of one kind of directive, no two of which may be the same. */
final class UniqueAddresses {
    private final Problems problems;
    private final Map<String, Token> first = new HashMap<>();

    UniqueAddresses(Problems problems) {
        this.problems = problems;
    }

    /** Reports an address that was added before. */
    void add(Address address, Token token) {
        Token earlier = first.putIfAbsent(key(address), token);
        if (earlier != null) {
            problems.at(
                    token,
                    "expected another address, found `" + address + "` again (first on line " + earlier.line() + ")");
        }
    }

    private static String key(Address address) {
        return switch (address) {
            case Address.Host host -> host.toString().toLowerCase(Locale.ROOT);
            case Address.Any every -> every.toString();
            case Address.Directory directory -> directory.toString();
        };
    }
}
