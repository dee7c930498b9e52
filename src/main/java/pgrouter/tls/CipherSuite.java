package pgrouter.tls;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a cipher suite of TLS 1.2, as {@code TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384}. It knows its name in
 * OpenSSL, and which words of OpenSSL's cipher lists (openssl-ciphers(1)) mean it.
 *
 * @param name as IANA and the JDK have it
 * @param exchange ECDHE, DHE, ECDH, DH or RSA
 * @param authentication RSA, ECDSA, DSS or anon
 * @param cipher such as AES_256_GCM
 * @param hash the last part: the hash of the message authentication, where the cipher does not do that itself
 */
record CipherSuite(String name, String exchange, String authentication, String cipher, String hash) {
    private static final Pattern NAME =
            Pattern.compile("(?:TLS|SSL)_([A-Z]+)(?:_([A-Za-z]+))?_WITH_(\\w+)_([A-Z]+\\d*)");

    private static final Map<String, Predicate<CipherSuite>> WORDS = Map.ofEntries(
            word("ALL", suite -> true),
            word("DEFAULT", suite -> true),
            word("HIGH", suite -> suite.bits() >= 128),
            word("MEDIUM", suite -> suite.bits() < 128),
            word("kRSA", suite -> suite.exchange.equals("RSA")),
            word("RSA", suite -> suite.exchange.equals("RSA")),
            word("kDHE", suite -> suite.exchange.equals("DHE")),
            word("kEDH", suite -> suite.exchange.equals("DHE")),
            word("DH", suite -> suite.exchange.equals("DHE")),
            word("DHE", suite -> suite.exchange.equals("DHE")),
            word("EDH", suite -> suite.exchange.equals("DHE")),
            word("kECDHE", suite -> suite.exchange.equals("ECDHE")),
            word("kEECDH", suite -> suite.exchange.equals("ECDHE")),
            word("ECDH", suite -> suite.exchange.equals("ECDHE")),
            word("ECDHE", suite -> suite.exchange.equals("ECDHE")),
            word("EECDH", suite -> suite.exchange.equals("ECDHE")),
            word("aRSA", suite -> suite.authentication.equals("RSA")),
            word("aECDSA", suite -> suite.authentication.equals("ECDSA")),
            word("ECDSA", suite -> suite.authentication.equals("ECDSA")),
            word("aDSS", suite -> suite.authentication.equals("DSS")),
            word("DSS", suite -> suite.authentication.equals("DSS")),
            word("aNULL", suite -> suite.authentication.equals("anon")),
            word("AES", suite -> suite.cipher.startsWith("AES_")),
            word("AES128", suite -> suite.cipher.startsWith("AES_128")),
            word("AES256", suite -> suite.cipher.startsWith("AES_256")),
            word("AESGCM", suite -> suite.cipher.startsWith("AES_") && suite.cipher.endsWith("_GCM")),
            word("CBC", suite -> suite.cipher.endsWith("_CBC")),
            word("CHACHA20", suite -> suite.cipher.startsWith("CHACHA20")),
            word("3DES", suite -> suite.cipher.startsWith("3DES")),
            word("SHA1", suite -> suite.hash.equals("SHA")),
            word("SHA", suite -> suite.hash.equals("SHA")),
            word("SHA256", suite -> suite.hash.equals("SHA256") && suite.cipher.endsWith("_CBC")),
            word("SHA384", suite -> suite.hash.equals("SHA384") && suite.cipher.endsWith("_CBC")),
            word("TLSv1.2", suite -> !suite.hash.equals("SHA")),
            word("TLSv1.0", suite -> suite.hash.equals("SHA") && suite.exchange.equals("ECDHE")),
            word("TLSv1", suite -> suite.hash.equals("SHA") && suite.exchange.equals("ECDHE")),
            word("SSLv3", suite -> suite.hash.equals("SHA") && !suite.exchange.equals("ECDHE")));

    /** Words for suites that no JDK has or enables; it is usual to exclude them. */
    private static final Set<String> NOTHING = Set.of("""
            LOW EXP EXPORT EXPORT40 EXPORT56 eNULL NULL ADH AECDH MD5 RC4 RC2 DES IDEA SEED CAMELLIA \
            CAMELLIA128 CAMELLIA256 ARIA ARIA128 ARIA256 ARIAGCM AESCCM AESCCM8 PSK kPSK kRSAPSK \
            kECDHEPSK kDHEPSK aPSK SRP kSRP aSRP GOST kGOST aGOST aGOST01 GOST94 GOST89MAC GOST2012 KRB5 \
            kKRB5 aKRB5 FZA SSLv2 kECDH kECDHe kECDHr aECDH kDH kDHd kDHr aDH COMPLEMENTOFDEFAULT \
            COMPLEMENTOFALL""".split(" "));

    private static Map.Entry<String, Predicate<CipherSuite>> word(String word, Predicate<CipherSuite> meaning) {
        return Map.entry(word, meaning);
    }

    /** The suite of this name. Empty for those of TLS 1.3, which name no key exchange, and for an invalid name. */
    static Optional<CipherSuite> of(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String authentication = Optional.ofNullable(parts.group(2)).orElse(parts.group(1));
        return Optional.of(new CipherSuite(name, parts.group(1), authentication, parts.group(3), parts.group(4)));
    }

    /** Whether OpenSSL has such a word for a set of suites. */
    static boolean isWord(String word) {
        return WORDS.containsKey(word) || NOTHING.contains(word);
    }

    /** Whether a word or a name means this suite. */
    boolean isMeantBy(String word) {
        return word.equals(name)
                || word.equals(openSslName())
                || WORDS.getOrDefault(word, any -> false).test(this);
    }

    /** The strength of the cipher, in bits. */
    int bits() {
        if (cipher.startsWith("AES_128")) {
            return 128;
        }
        return cipher.startsWith("AES_256") || cipher.startsWith("CHACHA20") ? 256 : 112;
    }

    /** The name in OpenSSL, such as {@code ECDHE-RSA-AES256-GCM-SHA384}. */
    String openSslName() {
        String keys = authentication.equals("anon") ? "A" + exchange + "-" : exchange + "-" + authentication + "-";
        return (exchange.equals("RSA") ? "" : keys) + cipherName();
    }

    private String cipherName() {
        return switch (cipher) {
            case "CHACHA20_POLY1305" -> "CHACHA20-POLY1305";
            case "3DES_EDE_CBC" -> "DES-CBC3-" + hash;
            default -> cipher.replaceFirst("AES_", "AES").replace("_CBC", "").replace('_', '-') + "-" + hash;
        };
    }
}
