package pgrouter.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import pgrouter.config.Value.Unexpected;

/** The values that are addresses. Names are checked for their form only. */
final class Addresses {
    static final int POSTGRESQL_PORT = 5432;
    static final int MONITOR_PORT = 14231;
    static final int HTTP_PORT = 9187;

    static final Value<Address> LISTEN =
            Value.of("*:PORT, HOST:PORT, [IPv6]:PORT or /DIRECTORY:PORT", Addresses::listen);
    static final Value<Address> MONITOR = Value.of("*:PORT, HOST:PORT or [IPv6]:PORT", Addresses::monitor);
    static final Value<Address> HTTP = Value.of("*:PORT, HOST:PORT or [IPv6]:PORT", Addresses::http);
    static final Value<Address> BACKEND =
            Value.of("default, HOST:PORT, [IPv6]:PORT or /DIRECTORY:PORT", Addresses::backend);

    /** RFC 1035, section 2.3.4. */
    private static final int LONGEST_NAME = 253;

    /** RFC 1123, section 2.1, and the underscore that container networks use. */
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_]([a-zA-Z0-9_.-]*[a-zA-Z0-9_])?\\.?");

    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+");

    private Addresses() {}

    private static Address listen(Token token) throws Unexpected {
        return any(token.text(), POSTGRESQL_PORT, LISTEN);
    }

    private static Address monitor(Token token) throws Unexpected {
        return switch (any(token.text(), MONITOR_PORT, MONITOR)) {
            case Address.Directory directory -> throw new Unexpected(MONITOR.what());
            case Address.Any every -> every;
            case Address.Host host -> host;
        };
    }

    private static Address http(Token token) throws Unexpected {
        return switch (any(token.text(), HTTP_PORT, HTTP)) {
            case Address.Directory directory -> throw new Unexpected(HTTP.what());
            case Address.Any every -> every;
            case Address.Host host -> host;
        };
    }

    private static Address backend(Token token) throws Unexpected {
        return switch (any(token.text(), POSTGRESQL_PORT, BACKEND)) {
            case Address.Any every -> throw new Unexpected(BACKEND.what());
            case Address.Directory directory -> directory;
            case Address.Host host -> host;
        };
    }

    private static Address any(String text, int defaultPort, Value<?> value) throws Unexpected {
        if (text.startsWith("[")) {
            return ipv6(text, defaultPort, value);
        }
        int colon = text.lastIndexOf(':');
        String place = colon < 0 ? text : text.substring(0, colon);
        if (place.startsWith("/")) {
            return new Address.Directory(directory(place), port(text, colon, defaultPort));
        }
        if (place.contains(":")) {
            throw new Unexpected("an IPv6 address in brackets, such as [::1]:5432");
        }
        if (place.equals("*")) {
            return new Address.Any(port(text, colon, defaultPort));
        }
        if (!isHost(place)) {
            throw new Unexpected(value.what());
        }
        return new Address.Host(place, port(text, colon, defaultPort));
    }

    private static Address ipv6(String text, int defaultPort, Value<?> value) throws Unexpected {
        int bracket = text.indexOf(']');
        boolean ended = bracket == text.length() - 1;
        if (bracket < 0 || !(ended || text.charAt(bracket + 1) == ':')) {
            throw new Unexpected(value.what());
        }
        String name = text.substring(1, bracket);
        if (!IpLiteral.isVersion6(name)) {
            throw new Unexpected("an IPv6 address between the brackets");
        }
        return new Address.Host(name, port(text, ended ? -1 : bracket + 1, defaultPort));
    }

    private static int port(String text, int colon, int defaultPort) throws Unexpected {
        if (colon < 0) {
            return defaultPort;
        }
        String digits = text.substring(colon + 1);
        int port = PORT.matcher(digits).matches() ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > 65535) {
            throw new Unexpected("a port from 1 to 65535 after the last colon");
        }
        return port;
    }

    private static boolean isHost(String name) {
        if (NUMERIC.matcher(name).matches()) {
            return IpLiteral.isVersion4(name);
        }
        return name.length() <= LONGEST_NAME
                && !name.contains("..")
                && NAME.matcher(name).matches();
    }

    private static Path directory(String text) throws Unexpected {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new Unexpected("a directory name that this system allows");
        }
    }
}
