package pgrouter.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Collects the addresses of one kind of directive, no two of which may be the same. */
final class UniqueAddresses {
    private final Map<String, Token> first = new HashMap<>();
    private final List<Address> addresses = new ArrayList<>();

    static UniqueAddresses of(Address address) {
        UniqueAddresses one = new UniqueAddresses();
        one.addresses.add(address);
        return one;
    }

    /** Adds an address, and reports one that was added before. */
    void add(Value.Placed<Address> placed, Problems problems) {
        Address address = placed.value();
        Token earlier = first.putIfAbsent(key(address), placed.token());
        if (earlier != null) {
            problems.at(
                    placed.token(),
                    "expected another address, found `" + address + "` again (first on line " + earlier.line() + ")");
        }
        addresses.add(address);
    }

    List<Address> all() {
        return addresses;
    }

    private static String key(Address address) {
        return switch (address) {
            case Address.Host host -> host.toString().toLowerCase(Locale.ROOT);
            case Address.Any every -> every.toString();
            case Address.Directory directory -> directory.toString();
        };
    }
}
