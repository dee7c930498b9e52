package pgrouter.exchange;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pgrouter.backend.OwnQuery;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.MessageReader;
import pgrouter.protocol.ProtocolException;

/** The answers of servers to questions of pgrouter's own on the connections of a session. */
public final class Answers {
    private Answers() {}

    /** @param messages whole messages, of a reply whose messages were expected */
    static List<List<Optional<String>>> rows(byte[] messages, Charset charset) {
        List<List<Optional<String>>> rows = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.wrap(messages);
        try {
            for (int at = 0; at + 5 <= messages.length; at += 1 + buffer.getInt(at + 1)) {
                if (messages[at] == BackendTag.DATA_ROW) {
                    int end = at + 1 + buffer.getInt(at + 1);
                    MessageReader reader = new MessageReader(messages, at + 5, end);
                    rows.add(OwnQuery.values(reader, charset));
                }
            }
        } catch (ProtocolException e) {
            throw new IllegalStateException("a malformed row was let pass", e);
        }
        return rows;
    }
}
