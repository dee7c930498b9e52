package pgrouter.truth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import pgrouter.protocol.MessageReader;
import pgrouter.protocol.ProtocolException;
import pgrouter.testing.Message;

/** All messages of one reply, as text that can be compared. */
final class Reply {
    /** Object ids, process ids and sizes differ between two databases that are equal otherwise. */
    private static final Pattern LARGE_NUMBER = Pattern.compile("[0-9]{4,}");

    /** In a read-only transaction a standby refuses some commands for its own reason first, under the same SQLSTATE. */
    private static final Pattern REFUSAL =
            Pattern.compile("(?s)cannot execute .* (during recovery|in a read-only transaction).*");

    /** In a failed transaction the statement that a connection lacks is refused where it is parsed, not where it is bound. */
    private static final Pattern ABORTED = Pattern.compile("(?s)C25P02\u0000.*");

    private static final int FIRST_USER_OID = 16384;

    private final List<String> messages = new ArrayList<>();
    private String end = "";

    void add(Message message) throws ProtocolException {
        String tag = String.valueOf((char) message.tag());
        if (message.tag() == 'S' && text(message.body()).startsWith("is_superuser")) {
            return; // It follows from the role, and may be told a step later where the role was set on another node.
        }
        messages.add(tag + " " + masked(message));
        if (message.tag() == 'Z') {
            end = String.valueOf((char) message.body()[0]);
        }
    }

    void ended() {
        messages.add("end of the connection");
        end = "gone";
    }

    private static String masked(Message message) throws ProtocolException {
        String text = switch (message.tag()) {
            case 'T' -> columns(message.body());
            case 'A' -> text(message.body()).substring(4);
            case 't' -> "" + message.body().length;
            default -> text(message.body());
        };
        String same = message.tag() == 'E'
                ? REFUSAL.matcher(ABORTED.matcher(text).replaceFirst("aborted")).replaceFirst("refused")
                : text;
        return LARGE_NUMBER.matcher(same).replaceAll("#").replace("truth_b", "truth_a");
    }

    /** Names and types: the table of a column is an object id. */
    private static String columns(byte[] body) throws ProtocolException {
        MessageReader reader = new MessageReader(body);
        StringBuilder text = new StringBuilder();
        for (int left = reader.int16(); left > 0; left--) {
            text.append(reader.string());
            reader.int32();
            reader.int16();
            int type = reader.int32();
            text.append(':').append(type < FIRST_USER_OID ? "" + type : "user");
            text.append(':').append(reader.int16());
            text.append(':').append(reader.int32());
            text.append(':').append(reader.int16()).append(' ');
        }
        return text.toString();
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.ISO_8859_1);
    }

    /** What has come, without the values that differ by nature. */
    String kinds() {
        StringBuilder kinds = new StringBuilder();
        messages.forEach(message -> kinds.append(message.charAt(0)));
        return kinds.toString().replaceAll("[dD]+", "D");
    }

    boolean failed() {
        return messages.stream().anyMatch(message -> message.startsWith("E "));
    }

    /** I, T, E or gone. */
    String end() {
        return end;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Reply reply && reply.messages.equals(messages);
    }

    @Override
    public int hashCode() {
        return messages.hashCode();
    }

    @Override
    public String toString() {
        String text = messages.toString().replaceAll("[^\\x20-\\x7e]+", "~");
        return text.length() > 500 ? text.substring(0, 500) + "..." : text;
    }
}
