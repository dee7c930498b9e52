package pgrouter.log;

import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;
import pgrouter.json.Json;

/**
 * The form of a line. It is one line of a bounded length, whatever the message quotes: a line break in it could forge
 * another line, and a character that turns the direction of writing could hide it.
 */
public enum Format {
    /** {@code TIME LEVEL   SUBJECT: client N: MESSAGE, DETAIL, DETAIL}. */
    TEXT {
        @Override
        String of(Line line) {
            StringBuilder text = new StringBuilder();
            text.append(TIME.format(line.time())).append(' ').append(String.format(Locale.ROOT, "%-7s", line.level()));
            text.append(' ').append(line.subject()).append(": ");
            line.client()
                    .ifPresent(client -> text.append("client ").append(client).append(": "));
            text.append(cut(line.message()));
            line.details().forEach(detail -> text.append(", ").append(shown(detail)));
            return CONTROL.matcher(text).replaceAll(" ");
        }

        private String shown(Detail detail) {
            return switch (detail) {
                case Detail.Text(String name, String value) -> value;
                case Detail.Milliseconds(String name, double value) -> String.format(Locale.ROOT, "%.1f ms", value);
            };
        }
    },

    /** One object of JSON (RFC 8259) with {@code time} (RFC 3339), {@code level}, {@code subject}, {@code client}, {@code message}. */
    JSON {
        @Override
        String of(Line line) {
            Json json = new Json().open('{');
            json.name("time").string(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(line.time()));
            json.name("level").string(line.level().name());
            json.name("subject").string(line.subject());
            line.client().ifPresent(client -> json.name("client").number(Long.parseLong(client)));
            json.name("message").string(cut(line.message()));
            line.details().forEach(detail -> field(detail, json));
            return json.close('}').toString();
        }

        private void field(Detail detail, Json json) {
            json.name(detail.name());
            switch (detail) {
                case Detail.Text(String name, String value) -> json.string(value);
                case Detail.Milliseconds(String name, double value) -> json.number(value, 1);
            }
        }
    };

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS xxx", Locale.ROOT);
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    /** The maximum length of a message, in characters: a client or a server may have chosen its text. */
    private static final int LONGEST = 4_000;

    abstract String of(Line line);

    private static String cut(String message) {
        return message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "...";
    }
}
