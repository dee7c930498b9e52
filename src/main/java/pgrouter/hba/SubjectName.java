package pgrouter.hba;

import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/** The name of the subject of a certificate, as {@code be_tls_open_server} of be-secure-openssl.c reads it. */
final class SubjectName {
    /** The attributes for which OpenSSL has a name and Java does not. */
    private static final Map<String, String> WORDS = Map.of("1.2.840.113549.1.9.1", "emailAddress");

    private SubjectName() {}

    /** The whole name, the last part of it first (RFC 2253); empty where there is none. */
    static Optional<String> distinguished(X509Certificate certificate) {
        return usable(certificate.getSubjectX500Principal().getName(X500Principal.RFC2253, WORDS));
    }

    /** The common name; of several, the first one. */
    static Optional<String> common(X509Certificate certificate) {
        try {
            // An LdapName counts its parts from the last one of its text, which is the first one of the certificate.
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                Attribute name = part.toAttributes().get("CN");
                if (name != null) {
                    return name.get() instanceof String text ? usable(text) : Optional.empty();
                }
            }
            return Optional.empty();
        } catch (InvalidNameException e) {
            return Optional.empty();
        } catch (NamingException e) {
            return Optional.empty();
        }
    }

    /** Refuses a name with a NUL. Other software ends a name there, and an authority may have signed only the part before it. */
    private static Optional<String> usable(String name) {
        return Optional.of(name).filter(text -> !text.isEmpty() && text.indexOf('\0') < 0);
    }
}
