package pgrouter.backend;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pgrouter.net.Inbox;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.MessageReader;
import pgrouter.protocol.ProtocolException;

/**
 * Runs a query of pgrouter itself on a server connection that no client uses. Runs on the thread that calls it, which
 * owns the connection.
 */
public final class OwnQuery {
    private static final int MAXIMUM_MESSAGE = 1024 * 1024;

    /** The limit of an answer that is kept whole: a node may not answer without end. */
    private static final long MAXIMUM_ANSWER = 4L * MAXIMUM_MESSAGE;

    private OwnQuery() {}

    /** Takes one row of a result; NULL is empty. */
    public interface Row {
        /** @throws IOException where no more rows are wanted: the connection cannot be used any more */
        void take(List<Optional<String>> values) throws IOException;
    }

    /**
     * The first row of the result; NULL is empty.
     *
     * @throws QueryException when the server refuses the query, or its answer has no row
     * @throws IOException when the connection ends or the server violates the protocol
     */
    public static List<Optional<String>> firstRow(ServerConnection connection, String sql)
            throws IOException, QueryException {
        List<List<Optional<String>>> rows = rows(connection, sql);
        if (rows.isEmpty()) {
            throw new QueryException(ErrorResponse.error("02000", "the answer has no row"));
        }
        return rows.getFirst();
    }

    /** All rows of the result, which are kept in memory, 4 MiB at most; as {@link #firstRow} otherwise. */
    public static List<List<Optional<String>>> rows(ServerConnection connection, String sql)
            throws IOException, QueryException {
        return answer(connection, FrontendMessage.query(sql));
    }

    /** The same of a statement with one parameter, {@code $1}. */
    public static List<List<Optional<String>>> rows(ServerConnection connection, String sql, String parameter)
            throws IOException, QueryException {
        return answer(connection, FrontendMessage.query(sql, parameter));
    }

    /** Passes each row of the result on as it comes; as {@link #firstRow} otherwise. */
    public static void forEach(ServerConnection connection, String sql, Row row) throws IOException, QueryException {
        answer(connection, FrontendMessage.query(sql), Long.MAX_VALUE, row);
    }

    private static List<List<Optional<String>>> answer(ServerConnection connection, byte[] request)
            throws IOException, QueryException {
        List<List<Optional<String>>> rows = new ArrayList<>();
        answer(connection, request, MAXIMUM_ANSWER, rows::add);
        return rows;
    }

    /** @param most the maximum number of bytes of the answer */
    private static void answer(ServerConnection connection, byte[] request, long most, Row row)
            throws IOException, QueryException {
        connection.outbox().write(request);
        long left = most;
        Optional<ErrorResponse> error = Optional.empty();
        while (true) {
            int total = await(connection.inbox());
            left -= total;
            if (left < 0) {
                throw new ProtocolException("an answer of more than " + most + " bytes");
            }
            Inbox inbox = connection.inbox();
            int body = inbox.arrayOffset(5);
            int end = inbox.arrayOffset(total);
            byte tag = inbox.byteAt(0);
            if (tag == BackendTag.DATA_ROW) {
                row.take(values(new MessageReader(inbox.array(), body, end), StandardCharsets.UTF_8));
            } else if (tag == BackendTag.ERROR_RESPONSE) {
                error = Optional.of(ErrorResponse.decode(inbox.array(), body, end));
            }
            inbox.consume(total);
            if (tag == BackendTag.READY_FOR_QUERY
                    || error.filter(ErrorResponse::endsConnection).isPresent()) {
                if (error.isPresent()) {
                    throw new QueryException(error.get());
                }
                return;
            }
        }
    }

    /** The values of a DataRow in text format; NULL is empty. */
    public static List<Optional<String>> values(MessageReader reader, Charset charset) throws ProtocolException {
        int count = reader.int16();
        List<Optional<String>> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = reader.int32();
            values.add(length < 0 ? Optional.empty() : Optional.of(new String(reader.bytes(length), charset)));
        }
        return values;
    }

    /** Waits for a whole message. Returns its length with the tag. */
    private static int await(Inbox inbox) throws IOException {
        need(inbox, 5);
        int length = inbox.intAt(1);
        if (length < 4 || length > MAXIMUM_MESSAGE) {
            throw new ProtocolException("a message of " + length + " bytes");
        }
        need(inbox, 1 + length);
        return 1 + length;
    }

    private static void need(Inbox inbox, int count) throws IOException {
        if (!inbox.await(count)) {
            throw new EOFException("the server closed the connection");
        }
    }
}
