package pgrouter.log;

import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a line looks like. It is one line, whatever the message quotes: a line break in it could forge another. */
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
            text.append(line.message());
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
            StringBuilder text = new StringBuilder();
            text.append("{\"time\":\"").append(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(line.time()));
            text.append("\",\"level\":\"").append(line.level()).append("\",\"subject\":");
            quoted(line.subject(), text);
            line.client().ifPresent(client -> text.append(",\"client\":").append(client));
            text.append(",\"message\":");
            quoted(line.message(), text);
            line.details().forEach(detail -> field(detail, text));
            return text.append('}').toString();
        }

        private void field(Detail detail, StringBuilder text) {
            text.append(',');
            quoted(detail.name(), text);
            text.append(':');
            switch (detail) {
                case Detail.Text(String name, String value) -> quoted(value, text);
                case Detail.Milliseconds(String name, double value) ->
                    text.append(String.format(Locale.ROOT, "%.1f", value));
            }
        }
    };

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS xxx", Locale.ROOT);
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    abstract String of(Line line);

    private static void quoted(String value, StringBuilder text) {
        text.append('"');
        value.chars().forEach(letter -> {
            if (letter == '"' || letter == '\\') {
                text.append('\\').append((char) letter);
            } else if (letter < ' ' || letter == 0x7f || Character.isSurrogate((char) letter)) {
                text.append(String.format(Locale.ROOT, "\\u%04x", letter));
            } else {
                text.append((char) letter);
            }
        });
        text.append('"');
    }
}
