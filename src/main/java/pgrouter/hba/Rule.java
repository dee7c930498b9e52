package pgrouter.hba;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import pgrouter.config.CountedText.TooCostly;

/**
 * One record of the file: the clients that it is for, and the authentication that they need. Immutable; any thread.
 *
 * @param certificate the requirement for the client's certificate, besides that of the method
 * @param byDistinguishedName whether the whole name of the certificate's subject counts, and not only its common name
 * @param map the map from the name in the certificate to a user; empty where that name is the user
 */
public record Rule(
        Scope scope,
        Method method,
        Certificate certificate,
        boolean byDistinguishedName,
        Optional<String> map,
        Place place) {
    /** The requirements for a client's certificate. */
    public enum Certificate {
        NONE,
        /** A known authority has signed it. */
        VERIFY_CA,
        /** A known authority has signed it, and it names the user. */
        VERIFY_FULL
    }

    /** The rules for all users, addresses and databases. */
    static final List<Rule> ANYBODY = List.of(anybody(ConnectionType.LOCAL), anybody(ConnectionType.HOST));

    private static Rule anybody(ConnectionType type) {
        List<Databases> databases = List.of(new Databases.All(), new Databases.Replication());
        Scope scope = new Scope(type, databases, List.of(new Users.All()), new Hosts.All());
        return new Rule(scope, Method.MD5, Certificate.NONE, false, Optional.empty(), Place.NOWHERE);
    }

    /** The scope of a rule: the first five fields. */
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
     * @throws TooCostly where the match of a regular expression takes too long
     */
    boolean isFor(Connection connection, Supplier<List<Network>> own) {
        return scope.contains(connection, own);
    }
}
