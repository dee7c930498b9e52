package pgrouter.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** PostgreSQL's MD5 authentication (protocol-flow.html, "AuthenticationMD5Password"; md5_common.c). Any thread. */
public final class Md5Password {
    private static final String PREFIX = "md5";

    private Md5Password() {}

    /** The hash of a password that the server keeps: 32 hexadecimal digits. */
    public static String hash(String user, String password) {
        return md5(utf8(password), utf8(user));
    }

    /**
     * The response that the client sends: {@code md5} and 32 hexadecimal digits.
     *
     * @param hash the result of {@link #hash}
     * @param salt the 4 bytes that the server sent
     */
    public static String response(String hash, byte[] salt) {
        return PREFIX + md5(utf8(hash), salt);
    }

    /** Whether a client's response is right. The check takes the same time wherever the response is wrong. */
    public static boolean matches(String hash, byte[] salt, String response) {
        return MessageDigest.isEqual(utf8(response(hash, salt)), utf8(response));
    }

    private static String md5(byte[] first, byte[] second) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(first);
            return HexFormat.of().formatHex(digest.digest(second));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no MD5, or forbids it", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
