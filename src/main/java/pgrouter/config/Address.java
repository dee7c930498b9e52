package pgrouter.config;

import java.nio.file.Path;

/**
 * An address to listen on or to connect to. Host names are not resolved here. {@code toString} is what the configuration file has: {@code *:5432}, {@code db1:5432}, {@code [::1]:5432}, {@code /run/postgresql:5432}.
 */
public sealed interface Address {
    /** The TCP port, or the number in the name of the Unix-domain socket; 1 to 65535. */
    int port();

    /** Every local address of both families. Only for listening. */
    record Any(int port) implements Address {
        @Override
        public String toString() {
            return "*:" + port;
        }
    }

    /** A host name, an IPv4 address or an IPv6 address; the latter without its brackets. */
    record Host(String name, int port) implements Address {
        @Override
        public String toString() {
            return name.contains(":") ? "[" + name + "]:" + port : name + ":" + port;
        }
    }

    /** The directory of a Unix-domain socket that is named as PostgreSQL names its own, {@code .s.PGSQL.PORT}. */
    record Directory(Path path, int port) implements Address {
        @Override
        public String toString() {
            return path + ":" + port;
        }
    }
}
