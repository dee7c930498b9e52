package pgrouter.auth;

import java.net.IDN;
import java.text.Normalizer;
import java.util.function.IntPredicate;

/**
 * Normalizes a password by SASLprep (RFC 4013), as saslprep.c does, so that all ways to type it give the same. A
 * password that SASLprep prohibits is used as it is, because PostgreSQL does so. Any thread.
 */
final class SaslPrep {
    private static final int ASCII = 0x80;

    private SaslPrep() {}

    static String prepare(String password) {
        if (password.chars().allMatch(character -> character < ASCII)) {
            return password;
        }
        String mapped = mapped(password);
        boolean usable = !mapped.isEmpty() && mapped.codePoints().noneMatch(SaslPrep::isProhibited) && isOneWay(mapped);
        return usable ? Normalizer.normalize(mapped, Normalizer.Form.NFKC) : password;
    }

    private static String mapped(String password) {
        StringBuilder mapped = new StringBuilder();
        password.codePoints()
                .map(character -> isNonAsciiSpace(character) ? ' ' : character)
                .filter(character -> !isMappedToNothing(character))
                .forEach(mapped::appendCodePoint);
        return mapped.toString();
    }

    /** RFC 3454 table C.1.2. */
    private static boolean isNonAsciiSpace(int c) {
        return c == 0xA0 || c == 0x1680 || in(c, 0x2000, 0x200B) || c == 0x202F || c == 0x205F || c == 0x3000;
    }

    /** RFC 3454 table B.1. */
    private static boolean isMappedToNothing(int c) {
        return switch (c) {
            case 0xAD, 0x34F, 0x1806, 0x180B, 0x180C, 0x180D, 0x200C, 0x200D, 0x2060, 0xFEFF -> true;
            default -> in(c, 0xFE00, 0xFE0F);
        };
    }

    private static boolean isProhibited(int c) {
        return Character.isISOControl(c)
                || isControl(c)
                || isUnsuitable(c)
                || Character.getType(c) == Character.PRIVATE_USE
                || Character.getType(c) == Character.SURROGATE
                || isUnassigned(c);
    }

    /** RFC 3454 tables C.2.2, less ISO controls and what is mapped to nothing, and C.9. */
    private static boolean isControl(int c) {
        return switch (c) {
            case 0x6DD, 0x70F, 0x180E, 0x2028, 0x2029, 0xE0001 -> true;
            default ->
                in(c, 0x2061, 0x2063)
                        || in(c, 0x206A, 0x206F)
                        || in(c, 0xFFF9, 0xFFFC)
                        || in(c, 0x1D173, 0x1D17A)
                        || in(c, 0xE0020, 0xE007F);
        };
    }

    /** RFC 3454 tables C.4 (not characters), C.6 (plain text), C.7 (canonical representation) and C.8 (display properties). */
    private static boolean isUnsuitable(int c) {
        return in(c, 0xFDD0, 0xFDEF)
                || (c & 0xFFFE) == 0xFFFE
                || c == 0xFFFD
                || in(c, 0x2FF0, 0x2FFB)
                || in(c, 0x340, 0x341)
                || in(c, 0x200E, 0x200F)
                || in(c, 0x202A, 0x202E);
    }

    /**
     * RFC 3454 table A.1: not in Unicode 3.2. The table has some 400 ranges. The JDK has it too, for domain names.
     * The JDK refuses such a character unless unassigned ones are allowed, and so tells.
     */
    private static boolean isUnassigned(int c) {
        return c >= ASCII && isInName(c, IDN.ALLOW_UNASSIGNED) && !isInName(c, 0);
    }

    private static boolean isInName(int c, int flags) {
        try {
            IDN.toASCII(Character.toString(c), flags);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** RFC 3454 section 6: a text with right-to-left characters begins and ends with one, and has no left-to-right ones. */
    private static boolean isOneWay(String text) {
        IntPredicate leftwards = SaslPrep::isLeftwards;
        return text.codePoints().noneMatch(leftwards)
                || (isLeftwards(text.codePointAt(0))
                        && isLeftwards(text.codePointBefore(text.length()))
                        && text.codePoints().noneMatch(SaslPrep::isRightwards));
    }

    private static boolean isLeftwards(int c) {
        byte direction = Character.getDirectionality(c);
        return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
    }

    private static boolean isRightwards(int c) {
        return Character.getDirectionality(c) == Character.DIRECTIONALITY_LEFT_TO_RIGHT;
    }

    private static boolean in(int c, int first, int last) {
        return c >= first && c <= last;
    }
}
