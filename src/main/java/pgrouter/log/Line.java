package pgrouter.log;

import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is to be written.
 *
 * @param client the number of the client that it is about
 * @param cause where anybody can cause it without a password
 */
record Line(
        ZonedDateTime time,
        Log.Level level,
        String subject,
        Optional<String> client,
        String message,
        List<Detail> details,
        Optional<Cause> cause) {
    Line(
            ZonedDateTime time,
            Log.Level level,
            String subject,
            Optional<String> client,
            String message,
            List<Detail> details) {
        this(time, level, subject, client, message, details, Optional.empty());
    }

    /** What two lines have in common of which the second says nothing new: whose they are, and how long it took, may differ. */
    record Gist(Log.Level level, String subject, String message, List<Detail> texts) {}

    private static final Pattern CLIENT = Pattern.compile("client-([0-9]+)(-.*)?");

    Gist gist() {
        List<Detail> texts =
                details.stream().filter(Detail.Text.class::isInstance).toList();
        return new Gist(level, subject, message, texts);
    }

    /** The same again, so often. */
    Line repeated(int times) {
        return new Line(time, level, subject, Optional.empty(), message + " (repeated " + times + " times)", details);
    }

    /** A line in the stead of some of which this was the last. */
    Line summary(String words) {
        return new Line(time, level, subject, Optional.empty(), words, List.of());
    }

    /** The threads of a session are called by its number. */
    static Optional<String> clientOf(Thread thread) {
        Matcher matcher = CLIENT.matcher(thread.getName());
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
