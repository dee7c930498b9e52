package pgrouter.hba;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import pgrouter.config.CountedText.TooCostly;

/**
 * One record of the file: for whom it is, and what is asked of them. Immutable; any thread.
 *
 * @param certificate what is asked of the client's certificate, besides what the method asks
 * @param byDistinguishedName whether the whole name of the certificate's subject counts, and not only its common name
 * @param map how the name in the certificate becomes a user's; empty where it is the user's
 */
public record Rule(
        Scope scope,
        Method method,
        Certificate certificate,
        boolean byDistinguishedName,
        Optional<String> map,
        Place place) {
    /** What is asked of a client's certificate. */
    public enum Certificate {
        NONE,
        /** That a known authority has signed it. */
        VERIFY_CA,
        /** That it also names the user. */
        VERIFY_FULL
    }

    /** For all, from everywhere and for everything. */
    static final List<Rule> ANYBODY = List.of(anybody(ConnectionType.LOCAL), anybody(ConnectionType.HOST));

    private static Rule anybody(ConnectionType type) {
        List<Databases> databases = List.of(new Databases.All(), new Databases.Replication());
        Scope scope = new Scope(type, databases, List.of(new Users.All()), new Hosts.All());
        return new Rule(scope, Method.MD5, Certificate.NONE, false, Optional.empty(), Place.NOWHERE);
    }

    /** For whom a rule is: the first five fields. */
    record Scope(ConnectionType type, List<Databases> databases, List<Users> users, Hosts hosts) {
        Scope {
            databases = List.copyOf(databases);
            users = List.copyOf(users);
        }

        private boolean contains(Connection connection, Supplier<List<Network>> own) {
            return type.isOf(connection)
                    && isFrom(connection.address(), own)
                    && databases.stream().anyMatch(each -> each.contain(connection))
                    && users.stream().anyMatch(each -> each.contain(connection.user()));
        }

        private boolean isFrom(Optional<InetAddress> client, Supplier<List<Network>> own) {
            return client.isEmpty() || hosts.contain(client.get(), own);
        }
    }

    boolean asksForCertificate() {
        return certificate != Certificate.NONE;
    }

    boolean needsTls() {
        return scope.type() == ConnectionType.HOSTSSL;
    }

    /**
     * @param own the networks of this host
     * @throws TooCostly where a regular expression cannot be told to match in time
     */
    boolean isFor(Connection connection, Supplier<List<Network>> own) {
        return scope.contains(connection, own);
    }
}
