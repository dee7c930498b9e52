package pgrouter.hba;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The first word of a rule ({@code check_hba} of hba.c). pgrouter has no GSSAPI encryption, as a PostgreSQL that is built without it. */
enum ConnectionType {
    LOCAL,
    HOST,
    HOSTSSL,
    HOSTNOSSL,
    HOSTGSSENC,
    HOSTNOGSSENC;

    static final String WORDS = Stream.of(values()).map(ConnectionType::word).collect(Collectors.joining(", "));

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<ConnectionType> of(String word) {
        return Stream.of(values()).filter(type -> type.word().equals(word)).findFirst();
    }

    boolean isOf(Connection connection) {
        boolean overTcp = connection.address().isPresent();
        return switch (this) {
            case LOCAL -> !overTcp;
            case HOST, HOSTNOGSSENC -> overTcp;
            case HOSTSSL -> overTcp && connection.encrypted();
            case HOSTNOSSL -> overTcp && !connection.encrypted();
            case HOSTGSSENC -> false;
        };
    }
}
