package pgrouter.routing;

import java.util.Locale;
import java.util.Optional;

/** What a session has asked for with {@code SET pgrouter.route}. */
public enum Preference {
    AUTO,
    WRITER,
    READER;

    /** @return empty where the text is no such word */
    public static Optional<Preference> of(String text) {
        for (Preference preference : values()) {
            if (preference.toString().equals(text.toLowerCase(Locale.ROOT))) {
                return Optional.of(preference);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
