package pgrouter.hba;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import pgrouter.config.ConfigException;
import pgrouter.config.CountedText.TooCostly;

/**
 * The rules of access: the clients that may log in, from where, and by which method. The first rule that matches a
 * client decides ({@code check_hba} of hba.c). Immutable; any thread.
 */
public final class Hba {
    /** The rules where there is no file: everybody may try to log in, by the methods that have a challenge. */
    public static final Hba NONE = new Hba(Rule.ANYBODY, IdentMap.NONE);

    private final List<Rule> rules;
    private final IdentMap idents;

    Hba(List<Rule> rules, IdentMap idents) {
        this.rules = List.copyOf(rules);
        this.idents = idents;
    }

    /**
     * Reads a file in the format of pg_hba.conf, one in that of pg_ident.conf, and those that they include. Blocks:
     * not for a thread that serves clients.
     *
     * @throws ConfigException with all problems
     */
    public static Hba read(Path hba, Optional<Path> ident) throws ConfigException {
        return new HbaFiles().read(hba, ident);
    }

    /** The rules that no client can satisfy where pgrouter has no TLS; one line each. */
    public List<String> withoutTls() {
        return rules.stream()
                .filter(Rule::needsTls)
                .map(rule -> rule.place() + ": a hostssl rule is for nobody while there is no `tls` block")
                .toList();
    }

    /** The rules that no client can satisfy where pgrouter has no authority for clients' certificates; one line each. */
    public List<String> withoutAuthority() {
        return rules.stream()
                .filter(Rule::asksForCertificate)
                .map(rule ->
                        rule.place() + ": nobody can show the certificate that is asked for while `tls` has no `ca`")
                .toList();
    }

    /** Decides about a client. It may ask the operating system, and take some milliseconds: not for a thread that serves clients. */
    public Decision decide(Connection connection) {
        return decide(connection, OwnNetworks::now);
    }

    /** @param own the networks of this host */
    Decision decide(Connection connection, Supplier<List<Network>> own) {
        for (Rule rule : rules) {
            try {
                if (rule.isFor(connection, own)) {
                    return decided(rule, connection);
                }
            } catch (TooCostly e) {
                return new Decision.Refuse(refusal("could not check pg_hba.conf for", connection), rule.place());
            }
        }
        String none = connection.physicalReplication()
                ? "no pg_hba.conf entry for replication connection from"
                : "no pg_hba.conf entry for";
        return new Decision.Refuse(refusal(none, connection), Place.NOWHERE);
    }

    private static Decision decided(Rule rule, Connection connection) {
        if (rule.method() != Method.REJECT) {
            return new Decision.Ask(rule);
        }
        String rejects = connection.physicalReplication()
                ? "pg_hba.conf rejects replication connection for"
                : "pg_hba.conf rejects connection for";
        return new Decision.Refuse(refusal(rejects, connection), rule.place());
    }

    /** The text of a refusal, as in {@code ClientAuthentication} of auth.c. */
    private static String refusal(String what, Connection connection) {
        String database = connection.physicalReplication() ? "" : ", database \"" + connection.database() + "\"";
        return "%s host \"%s\", user \"%s\"%s, %s"
                .formatted(what, connection.host(), connection.user(), database, connection.encryption());
    }

    /**
     * Whether a certificate names this user ({@code CheckCertAuth} of auth.c). As {@link #decide}, it may take some
     * milliseconds.
     */
    public boolean isNamed(String user, X509Certificate certificate, Rule rule) {
        Optional<String> name =
                rule.byDistinguishedName() ? SubjectName.distinguished(certificate) : SubjectName.common(certificate);
        try {
            return name.isPresent()
                    && (rule.map().isPresent()
                            ? idents.allows(rule.map().get(), name.get(), user)
                            : name.get().equals(user));
        } catch (TooCostly e) {
            return false;
        }
    }
}
