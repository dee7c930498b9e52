package pgrouter.session;

import java.util.Locale;
import java.util.function.Supplier;

/**
 * Where the last request has run, why, and how long it has waited for a standby. The text of {@code SHOW
 * pgrouter.last_route} is made only where it is shown. Client thread only.
 */
final class LastRoute implements Supplier<String> {
    private static final double NANOS_PER_MILLI = 1e6;

    private String words = "none yet";
    private long waited;

    /** @param nanos how long the request has waited */
    void set(String route, long nanos) {
        words = route;
        waited = nanos;
    }

    /** Returns the text. */
    @Override
    public String get() {
        return waited == 0 ? words : String.format(Locale.ROOT, "%s, waited %.1f ms", words, waited / NANOS_PER_MILLI);
    }
}
