package pgrouter.json;

import java.util.Locale;

/**
 * Writes one JSON value from its beginning to its end. It adds commas itself. The caller must close each object and
 * array that it opens. One thread.
 */
public final class Json {
    private final StringBuilder text = new StringBuilder();
    private boolean behindValue;

    public Json open(char bracket) {
        value();
        text.append(bracket);
        behindValue = false;
        return this;
    }

    public Json close(char bracket) {
        text.append(bracket);
        behindValue = true;
        return this;
    }

    /** The name of the member whose value is written next. */
    public Json name(String name) {
        value();
        quote(name);
        text.append(':');
        behindValue = false;
        return this;
    }

    public Json string(String value) {
        value();
        quote(value);
        return this;
    }

    public Json number(long value) {
        value();
        text.append(value);
        return this;
    }

    /** @param value written as null where JSON has no such number */
    public Json number(double value, int decimals) {
        value();
        if (Double.isFinite(value)) {
            text.append(String.format(Locale.ROOT, "%." + decimals + "f", value));
        } else {
            text.append("null");
        }
        return this;
    }

    public Json bool(boolean value) {
        value();
        text.append(value);
        return this;
    }

    public Json nothing() {
        value();
        text.append("null");
        return this;
    }

    private void value() {
        if (behindValue) {
            text.append(',');
        }
        behindValue = true;
    }

    /** Writes a quoted string. Control characters and unpaired surrogates, which no encoding could write, become escapes. */
    private void quote(String value) {
        text.append('"');
        for (int at = 0; at < value.length(); at++) {
            char letter = value.charAt(at);
            if (letter == '"' || letter == '\\') {
                text.append('\\').append(letter);
            } else if (letter < ' ' || letter == 0x7f || Character.isSurrogate(letter)) {
                text.append(String.format(Locale.ROOT, "\\u%04x", (int) letter));
            } else {
                text.append(letter);
            }
        }
        text.append('"');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
