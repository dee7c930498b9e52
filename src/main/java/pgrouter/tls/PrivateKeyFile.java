package pgrouter.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import pgrouter.config.ConfigException;
import pgrouter.tls.PemFile.Block;

/**
 * The private key in a PEM file. The forms are PKCS#8, also encrypted, and two older ones for one kind of key each,
 * which the JDK does not read: PKCS#1 for RSA and SEC1 for EC.
 */
final class PrivateKeyFile {
    /** The OIDs of {@code rsaEncryption} (RFC 8017) and {@code id-ecPublicKey} (RFC 5480), as DER has them. */
    private static final String RSA = "2a864886f70d010101";

    private static final String EC = "2a8648ce3d0201";

    private static final byte[] VERSION_0 = Der.element(Der.INTEGER, new byte[1]);

    private final PemFile pem;
    private final Optional<String> passphrase;

    private PrivateKeyFile(PemFile pem, Optional<String> passphrase) {
        this.pem = pem;
        this.passphrase = passphrase;
    }

    /** The first private key of the file. */
    static PrivateKey read(Path file, Optional<String> passphrase) throws ConfigException {
        PemFile pem = PemFile.read(file);
        Block block = pem.blocks().stream()
                .filter(Block::isPrivateKey)
                .findFirst()
                .orElseThrow(() -> pem.expected(1, "a private key in PEM", "none"));
        return new PrivateKeyFile(pem, passphrase).key(block);
    }

    private PrivateKey key(Block block) throws ConfigException {
        if (block.hasHeaders()) {
            throw pem.expected(
                    block.line(),
                    "an encrypted key in PKCS#8, as `openssl pkcs8 -topk8` makes it",
                    "one in OpenSSL's older format");
        }
        try {
            return switch (block.label()) {
                case "PRIVATE KEY" -> decoded(block.der());
                case "ENCRYPTED PRIVATE KEY" -> decoded(decrypted(block));
                case "RSA PRIVATE KEY" -> decoded(wrapped(RSA, Der.element(Der.NULL), block.der()));
                case "EC PRIVATE KEY" -> decoded(wrapped(EC, curve(block), block.der()));
                default ->
                    throw pem.expected(
                            block.line(),
                            "a key in PKCS#8, PKCS#1 or SEC1, as `openssl pkcs8 -topk8` makes it",
                            "the block " + block.label());
            };
        } catch (GeneralSecurityException | RuntimeException e) {
            throw pem.expected(
                    block.line(), "an RSA, EC or EdDSA key", "a block " + block.label() + " that holds none");
        }
    }

    /** Decodes PKCS#8, which names the algorithm (RFC 5958): {@code SEQUENCE { version, SEQUENCE { OID, parameters }, key }}. */
    private static PrivateKey decoded(byte[] pkcs8) throws GeneralSecurityException {
        Der info = new Der(pkcs8).enter(Der.SEQUENCE);
        info.skip(Der.INTEGER);
        byte[] oid = info.enter(Der.SEQUENCE).enter(Der.OBJECT_IDENTIFIER).rest();
        String algorithm = switch (HexFormat.of().formatHex(oid)) {
            case RSA -> "RSA";
            case "2a864886f70d01010a" -> "RSASSA-PSS";
            case EC -> "EC";
            case "2b6570" -> "Ed25519";
            case "2b6571" -> "Ed448";
            default -> throw new InvalidKeySpecException("an algorithm that TLS does not use");
        };
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    private static byte[] wrapped(String oid, byte[] parameters, byte[] key) {
        byte[] identifier = Der.element(Der.OBJECT_IDENTIFIER, HexFormat.of().parseHex(oid));
        byte[] algorithm = Der.element(Der.SEQUENCE, identifier, parameters);
        return Der.element(Der.SEQUENCE, VERSION_0, algorithm, Der.element(Der.OCTET_STRING, key));
    }

    /**
     * The curve is in the key (RFC 5915: {@code SEQUENCE { version, key, [0] curve, ... }}), or else in a block that
     * openssl puts before it.
     */
    private byte[] curve(Block block) throws GeneralSecurityException {
        Der key = new Der(block.der()).enter(Der.SEQUENCE);
        key.skip(Der.INTEGER);
        key.skip(Der.OCTET_STRING);
        if (key.isNext(Der.CONTEXT_0)) {
            return key.enter(Der.CONTEXT_0).rest();
        }
        return pem.first("EC PARAMETERS")
                .map(Block::der)
                .orElseThrow(() -> new InvalidKeySpecException("the curve is not named"));
    }

    private byte[] decrypted(Block block) throws ConfigException {
        char[] secret = passphrase
                .orElseThrow(() -> pem.expected(block.line(), "`passphrase TEXT` for this key", "none"))
                .toCharArray();
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(block.der());
            String algorithm = algorithm(info);
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(secret)),
                    info.getAlgParameters());
            return info.getKeySpec(cipher).getEncoded();
        } catch (java.security.NoSuchAlgorithmException | javax.crypto.NoSuchPaddingException | IOException e) {
            throw pem.expected(block.line(), "a key encrypted by PBES2 with PBKDF2 and AES", "another encryption");
        } catch (GeneralSecurityException e) {
            throw pem.expected(block.line(), "the passphrase of this key", "another one");
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    /** The algorithm of the encryption. PBES2 is a frame; only the text of its parameters names the hash and the cipher in it. */
    private static String algorithm(EncryptedPrivateKeyInfo info) {
        AlgorithmParameters parameters = info.getAlgParameters();
        return parameters != null && info.getAlgName().matches("PBES2|1\\.2\\.840\\.113549\\.1\\.5\\.13")
                ? parameters.toString()
                : info.getAlgName();
    }
}
