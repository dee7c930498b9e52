package pgrouter.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The three functions that SCRAM-SHA-256 is made of: H, HMAC and Hi (RFC 5802 section 2.2). */
final class Sha256 {
    /** In bytes, of a hash and so of every SCRAM key. */
    static final int LENGTH = 32;

    private static final String HMAC = "HmacSHA256";
    private static final byte[] FIRST_BLOCK = {0, 0, 0, 1};

    private Sha256() {}

    static byte[] hash(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(data);
        } catch (GeneralSecurityException e) {
            throw everyJavaHasIt(e);
        }
    }

    static byte[] hmac(byte[] key, String text) {
        return mac(key).doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    /** PBKDF2-HMAC-SHA256 (RFC 8018 section 5.2), first block: about a millisecond for 4096 iterations. */
    static byte[] hi(byte[] password, byte[] salt, int iterations) {
        Mac mac = mac(password);
        mac.update(salt);
        byte[] link = mac.doFinal(FIRST_BLOCK);
        byte[] sum = link.clone();
        for (int i = 1; i < iterations; i++) {
            next(mac, link);
            addTo(sum, link);
        }
        Arrays.fill(link, (byte) 0);
        return sum;
    }

    private static void next(Mac mac, byte[] link) {
        try {
            mac.update(link);
            mac.doFinal(link, 0);
        } catch (GeneralSecurityException e) {
            throw everyJavaHasIt(e);
        }
    }

    /** Exclusive or. */
    static void addTo(byte[] sum, byte[] other) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] ^= other[i];
        }
    }

    /** HMAC pads a key with zeros, so one zero stands for the empty key, which {@code SecretKeySpec} refuses. */
    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, HMAC));
            return mac;
        } catch (GeneralSecurityException e) {
            throw everyJavaHasIt(e);
        }
    }

    /** Every Java platform has SHA-256 and HmacSHA256 (their class documentation says so). */
    private static IllegalStateException everyJavaHasIt(GeneralSecurityException e) {
        return new IllegalStateException("this Java has no SHA-256", e);
    }
}
