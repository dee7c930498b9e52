package pgrouter.health;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import pgrouter.backend.LoginException;
import pgrouter.backend.NoTlsException;
import pgrouter.backend.QueryException;
import pgrouter.backend.Reached;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Reason;
import pgrouter.cluster.Role;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.Health;
import pgrouter.net.Names;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/**
 * The diagnosis of a backend: its problem, and what an administrator can do about it. It is made by SQLSTATEs and
 * types of exceptions, since texts are in the language of the server.
 */
record Diagnosis(Health health, ClusterView view) {
    private static final String INVALID_CATALOG_NAME = "3D000";
    private static final String SEE_LOG = "See the log of PostgreSQL on that node.";

    /** @param hint what to do, in one sentence or two */
    record Trouble(String what, String hint) {}

    List<Trouble> of(Finding finding) {
        Node node = view.node(finding.backend().address()).orElseThrow();
        if (finding.trouble().isPresent()) {
            Throwable trouble = finding.trouble().get();
            return List.of(new Trouble(what(trouble, node), hint(finding, trouble)));
        }
        List<Trouble> troubles = new ArrayList<>();
        membership(node).ifPresent(troubles::add);
        if (node.role() == Role.STANDBY) {
            finding.receiver().flatMap(this::receiver).ifPresent(troubles::add);
            lag(node).ifPresent(troubles::add);
        }
        return troubles;
    }

    private static String what(Throwable trouble, Node node) {
        return switch (trouble) {
            case LoginException login when login.isRefusal() -> words(login.error());
            case QueryException query -> words(query.error());
            default -> node.reason().text();
        };
    }

    /** The text of a server without control characters: it may contain anything, and a terminal obeys them. */
    private static String words(ErrorResponse error) {
        return (error.message() + " (SQLSTATE " + error.sqlState() + ")").replaceAll("\\p{Cntrl}", " ");
    }

    private String hint(Finding finding, Throwable trouble) {
        return switch (trouble) {
            case LoginException login when login.isRefusal() -> refused(finding, login.error());
            case LoginException login when login.getCause() != null -> unreached(finding, login.getCause());
            case LoginException login ->
                "The health role logs in by scram-sha-256, and by md5 or password where `auth` of the backend allows it: give it a line with"
                        + " one of them in pg_hba.conf, and set `password` in `health`. A password that is kept as an md5 hash has to be set"
                        + " again under password_encryption = 'scram-sha-256'.";
            case QueryException query
            when query.error().sqlState().equals(SqlState.INSUFFICIENT_PRIVILEGE) ->
                "The login works, but the role may not ask what pgrouter must know: GRANT pg_monitor TO "
                        + health.username() + ";";
            case QueryException query -> SEE_LOG;
            default -> unreached(finding, trouble);
        };
    }

    private String refused(Finding finding, ErrorResponse error) {
        return switch (error.sqlState()) {
            case SqlState.INVALID_PASSWORD ->
                "The password of the health role is wrong, or there is no such role: correct `username` and `password` in `health`, or on"
                        + " the primary: ALTER ROLE " + health.username() + " PASSWORD '...';";
            case SqlState.INVALID_AUTHORIZATION_SPECIFICATION ->
                "Add this line to pg_hba.conf of the node, in front of one that rejects, and reload it: "
                        + hbaLine(finding)
                        + "\n    If it is there, the role may be missing or have no LOGIN: ALTER ROLE "
                        + health.username() + " LOGIN;" + encrypt(finding);
            case INVALID_CATALOG_NAME ->
                "The database of `health` is not there: set `database` to one that is, such as postgres.";
            case SqlState.INSUFFICIENT_PRIVILEGE ->
                "Let the role in: GRANT CONNECT ON DATABASE " + health.database() + " TO " + health.username() + ";";
            case SqlState.CANNOT_CONNECT_NOW ->
                "PostgreSQL starts, stops or recovers: try again. Where that stays so on a standby, set hot_standby = on there, and see its log.";
            case SqlState.TOO_MANY_CONNECTIONS ->
                "All connections of the node are taken: raise max_connections there, or lower `size` of `pool`.";
            default -> SEE_LOG;
        };
    }

    private static String encrypt(Finding finding) {
        boolean clear = finding.reached().flatMap(Reached::encryption).isEmpty();
        boolean overTcp = finding.backend().address() instanceof Address.Host;
        return clear && overTcp
                ? "\n    If pg_hba.conf has only hostssl lines: set `tls` of this backend to on or require."
                : "";
    }

    private String hbaLine(Finding finding) {
        String login = quoted(health.database()) + " " + quoted(health.username());
        if (finding.backend().address() instanceof Address.Host(String name, int port)) {
            Optional<InetAddress> peer = finding.reached().flatMap(Reached::peer);
            String type = finding.reached().flatMap(Reached::encryption).isPresent() ? "hostssl" : "host";
            return type + " " + login + " "
                    + peer.map(server -> network(server, port)).orElse("ADDRESS-OF-PGROUTER/32") + " scram-sha-256";
        }
        return "local " + login + " scram-sha-256";
    }

    private static String quoted(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : '"' + name + '"';
    }

    private static String network(InetAddress server, int port) {
        try {
            InetAddress own = Names.ownTowards(server, port);
            String text = own.getHostAddress().replaceFirst("%.*", "");
            return text + "/" + 8 * own.getAddress().length;
        } catch (IOException noWay) {
            return "ADDRESS-OF-PGROUTER/32";
        }
    }

    private static String unreached(Finding finding, Throwable cause) {
        List<Throwable> chain = Stream.iterate(cause, Objects::nonNull, Throwable::getCause)
                .limit(20)
                .toList();
        if (finding.backend().address() instanceof Address.Directory(Path path, int port)
                && finding.reached().isEmpty()) {
            return "Is PostgreSQL running with port " + port + ", and is " + path
                    + " in its unix_socket_directories? pgrouter's user must be able to enter the directory.";
        }
        if (cause instanceof NoTlsException) {
            return "Set ssl = on and a certificate in postgresql.conf of the node, or `tls off` for this backend.";
        }
        if (chain.stream().anyMatch(SSLException.class::isInstance)) {
            return tls(finding.backend(), chain.getLast());
        }
        return switch (cause) {
            case UnknownHostException unknown ->
                "The host name is not known here: correct it in `backend`, or add it to the name server or /etc/hosts.";
            case ConnectException refused ->
                "Is PostgreSQL running there, with this port? listen_addresses in its postgresql.conf must name the address, or '*'.";
            case TimeoutException late -> late(finding);
            case EOFException ended ->
                "Something other than PostgreSQL may listen there, or it ended the connection: see the log of PostgreSQL on that node.";
            default -> "See that the host can be reached from here, and the log of PostgreSQL on that node.";
        };
    }

    private static String late(Finding finding) {
        return finding.reached().isPresent()
                ? "The host takes the connection, but the server does not answer: it hangs, is overloaded, or is no PostgreSQL. Else raise `timeout`."
                : "Nothing comes back: a firewall drops the packets, the host is down, or the address is wrong. Else raise `timeout`.";
    }

    /** @param root the innermost cause; where the JDK checks a name, it throws CertificateException itself */
    private static String tls(Backend backend, Throwable root) {
        return switch (root) {
            case CertPathBuilderException unknown ->
                "The server's certificate is signed by an authority that is not known: set `ca` of this backend to the authority's"
                        + " certificate.";
            case CertPathValidatorException invalid
            when invalid.getReason() == CertPathValidatorException.BasicReason.REVOKED ->
                "The server's certificate was taken back (`crl`): give the server a new one.";
            case CertPathValidatorException invalid ->
                "The server's certificate does not hold: see `ca` and `crl` of this backend.";
            case CertificateExpiredException expired ->
                "The server's certificate has expired: give the server a new one.";
            case CertificateNotYetValidException early ->
                "The server's certificate is not valid yet: are the clocks of both hosts right?";
            case CertificateException name ->
                "The server's certificate is for another name: write the name that it is for in `backend` in place of "
                        + host(backend) + ", or use `tls require`, which takes any name.";
            default ->
                "See `tls` of this backend and the server's log: it may want a certificate (`cert`, `key`), or offer TLS 1.1 at most;"
                        + " `direct` needs PostgreSQL 17.";
        };
    }

    private static String host(Backend backend) {
        return backend.address() instanceof Address.Host(String name, int port)
                ? name
                : backend.address().toString();
    }

    /** The problem of a node whose answers do not fit those of the others. */
    private static Optional<Trouble> membership(Node node) {
        return switch (node.reason()) {
            case Reason.None() -> Optional.empty();
            case Reason.Foreign(String why) ->
                Optional.of(
                        new Trouble(
                                why,
                                "It is no copy of the others: remove it from the file, or make it a standby of them with pg_basebackup."));
            case Reason.Disputed(String why) ->
                Optional.of(
                        new Trouble(
                                why,
                                "There must be one primary: stop this one, and make it a standby of the other with pg_rewind or pg_basebackup."));
            case Reason.Astray(String why) ->
                Optional.of(
                        new Trouble(
                                why,
                                "The standby does not follow the present primary: correct primary_conninfo there, or make it anew with pg_basebackup."));
            case Reason.NotProbed() -> Optional.empty();
            case Reason.Silent(String why) -> Optional.of(new Trouble(why, SEE_LOG));
            case Reason.Unusable(String why) -> Optional.of(new Trouble(why, SEE_LOG));
        };
    }

    private Optional<Trouble> receiver(Finding.Receiver receiver) {
        return switch (receiver) {
            case SEEN -> Optional.empty();
            case NONE ->
                Optional.of(new Trouble(
                        "replication is not running: this standby has no WAL receiver",
                        "See its log; primary_conninfo must lead to the primary, whose pg_hba.conf needs a replication line and whose"
                                + " slots and WAL must still be there."));
            case HIDDEN ->
                Optional.of(new Trouble(
                        "the health role may not see pg_stat_wal_receiver",
                        "After a promotion this standby may get no reads for minutes. On the primary: GRANT pg_monitor TO "
                                + health.username() + ";"));
        };
    }

    private Optional<Trouble> lag(Node node) {
        if (node.lag().isEmpty()) {
            boolean unknown =
                    node.reason() instanceof Reason.None && view.primary().isPresent();
            return unknown
                    ? Optional.of(new Trouble(
                            "how far it is behind the primary is not known: they answered more than a second apart, or it has replayed"
                                    + " nothing yet",
                            "Try again; the slower of the two is the one to look at."))
                    : Optional.empty();
        }
        return node.lag()
                .filter(bytes -> bytes > node.backend().lag())
                .map(
                        bytes -> new Trouble(
                                "it is " + bytes + " bytes behind the primary, more than its limit of "
                                        + node.backend().lag(),
                                "It gets no reads until it has caught up: is replay paused, or the host too slow? Else raise `lag`."));
    }
}
