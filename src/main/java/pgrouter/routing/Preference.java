package pgrouter.routing;

import java.util.Locale;
import java.util.Optional;

/** The values of {@code SET pgrouter.route}, by which a session asks for a route. */
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
