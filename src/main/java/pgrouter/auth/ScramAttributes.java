package pgrouter.auth;

import java.util.Base64;

/**
 * Parses a SCRAM message, {@code a=value,b=value} (RFC 5802 section 7), from left to right. It does not know the
 * meaning of the attributes, except that {@code m} must be refused.
 */
final class ScramAttributes {
    record Attribute(char name, String value) {}

    private final String message;
    private int position;

    ScramAttributes(String message) throws ScramException {
        if (message.isEmpty()) {
            throw ScramException.malformed("empty message");
        }
        if (message.indexOf('\0') >= 0) {
            throw ScramException.malformed("length mismatch");
        }
        this.message = message;
    }

    /** The value of the next attribute, which must have this name. */
    String value(char name) throws ScramException {
        Attribute attribute = next();
        if (attribute.name() != name) {
            throw ScramException.malformed("expected attribute \"" + name + "\", found \"" + attribute.name() + "\"");
        }
        return attribute.value();
    }

    /** As {@link #value}, for a nonce: printable ASCII without a comma, at least one character. */
    String nonce() throws ScramException {
        String nonce = value('r');
        if (nonce.isEmpty() || !nonce.chars().allMatch(character -> character >= 0x21 && character <= 0x7e)) {
            throw ScramException.malformed("expected a nonce of printable characters");
        }
        return nonce;
    }

    Attribute next() throws ScramException {
        if (position + 1 >= message.length() || message.charAt(position + 1) != '=') {
            throw ScramException.malformed("expected an attribute, a letter and \"=\"");
        }
        char name = message.charAt(position);
        checkName(name);
        int comma = message.indexOf(',', position);
        int end = comma < 0 ? message.length() : comma;
        String value = message.substring(position + 2, end);
        position = Math.min(end + 1, message.length());
        return new Attribute(name, value);
    }

    private static void checkName(char name) throws ScramException {
        if (name == 'm') {
            throw ScramException.unsupported("an extension is required that is not supported");
        }
        if (!(name >= 'a' && name <= 'z') && !(name >= 'A' && name <= 'Z')) {
            throw ScramException.malformed("expected a letter as the name of an attribute");
        }
    }

    /** The extensions at the end of a message, which may be ignored but must be attributes. */
    void skipRest() throws ScramException {
        while (!atEnd()) {
            next();
        }
    }

    boolean atEnd() {
        return position == message.length();
    }

    /** The part of the message that was read so far, without the comma after it. */
    String before() {
        return message.substring(0, Math.max(0, position - 1));
    }

    static byte[] decode(String base64) throws ScramException {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw ScramException.malformed("expected base64");
        }
    }

    static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
