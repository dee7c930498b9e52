package pgrouter.config;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The addresses of one kind of directive, of which no two may be the same. */
final class Distinct {
    private final Problems problems;
    private final Map<String, Token> first = new HashMap<>();

    Distinct(Problems problems) {
        this.problems = problems;
    }

    /** Reports the address when it was there before. */
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
