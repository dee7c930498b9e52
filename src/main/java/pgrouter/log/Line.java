package pgrouter.log;

import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of the log.
 *
 * @param client the number of the client that the line is about
 * @param cause present where a client can provoke the line without a password
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

    /** The part that two lines share where the second adds nothing new. Their client, and how long it took, may differ. */
    record Gist(Log.Level level, String subject, String message, List<Detail> texts) {}

    private static final Pattern CLIENT = Pattern.compile("client-([0-9]+)(-.*)?");

    Gist gist() {
        List<Detail> texts =
                details.stream().filter(Detail.Text.class::isInstance).toList();
        return new Gist(level, subject, message, texts);
    }

    /** A line that reports that this one was repeated. */
    Line repeated(int times) {
        return new Line(time, level, subject, Optional.empty(), message + " (repeated " + times + " times)", details);
    }

    /** A line instead of several, of which this was the last. */
    Line summary(String words) {
        return new Line(time, level, subject, Optional.empty(), words, List.of());
    }

    /** The client's number, which is in the names of a session's threads. */
    static Optional<String> clientOf(Thread thread) {
        Matcher matcher = CLIENT.matcher(thread.getName());
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
