package pgrouter.testing;

import static pgrouter.testing.Frontend.message;
import static pgrouter.testing.Frontend.zeroEnded;

import java.nio.charset.StandardCharsets;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.MessageBuilder;

/** The messages of a PostgreSQL server, encoded. */
public final class Server {
    private Server() {}

    public static byte[] parseComplete() {
        return message(BackendTag.PARSE_COMPLETE);
    }

    public static byte[] bindComplete() {
        return message(BackendTag.BIND_COMPLETE);
    }

    public static byte[] closeComplete() {
        return message(BackendTag.CLOSE_COMPLETE);
    }

    public static byte[] noData() {
        return message(BackendTag.NO_DATA);
    }

    public static byte[] parameterDescription(int... types) {
        MessageBuilder body = new MessageBuilder().int16(types.length);
        for (int type : types) {
            body.int32(type);
        }
        return message(BackendTag.PARAMETER_DESCRIPTION, body.toByteArray());
    }

    /** One text column. */
    public static byte[] rowDescription(String column) {
        return rowDescription(25, column);
    }

    /** Columns of one type. */
    public static byte[] rowDescription(int type, String... columns) {
        MessageBuilder body = new MessageBuilder().int16(columns.length);
        for (String column : columns) {
            body.string(column)
                    .int32(0)
                    .int16(0)
                    .int32(type)
                    .int16(-1)
                    .int32(-1)
                    .int16(0);
        }
        return message(BackendTag.ROW_DESCRIPTION, body.toByteArray());
    }

    /** A null is NULL. */
    public static byte[] dataRow(String... values) {
        MessageBuilder row = new MessageBuilder().int16(values.length);
        for (String value : values) {
            if (value == null) {
                row.int32(-1);
            } else {
                byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
                row.int32(bytes.length).bytes(bytes);
            }
        }
        return message(BackendTag.DATA_ROW, row.toByteArray());
    }

    public static byte[] complete(String tag) {
        return message(BackendTag.COMMAND_COMPLETE, zeroEnded(tag));
    }

    public static byte[] emptyQuery() {
        return message(BackendTag.EMPTY_QUERY_RESPONSE);
    }

    public static byte[] portalSuspended() {
        return message(BackendTag.PORTAL_SUSPENDED);
    }

    public static byte[] functionResult() {
        return message(
                BackendTag.FUNCTION_CALL_RESPONSE,
                new MessageBuilder().int32(-1).toByteArray());
    }

    /** @param status I, T or E */
    public static byte[] ready(char status) {
        return message(BackendTag.READY_FOR_QUERY, new byte[] {(byte) status});
    }

    /** @param routine of the source that reports it */
    public static byte[] error(String sqlState, String text, String routine) {
        return new ErrorResponse("ERROR", sqlState, text, routine).encode();
    }

    public static byte[] error(String sqlState, String text) {
        return message(BackendTag.ERROR_RESPONSE, fields("ERROR", sqlState, text));
    }

    public static byte[] fatal(String sqlState, String text) {
        return message(BackendTag.ERROR_RESPONSE, fields("FATAL", sqlState, text));
    }

    public static byte[] notice(String text) {
        return message(BackendTag.NOTICE_RESPONSE, fields("NOTICE", "00000", text));
    }

    /** What a process says that must leave at once. */
    public static byte[] warning(String sqlState, String text) {
        return message(BackendTag.NOTICE_RESPONSE, fields("WARNING", sqlState, text));
    }

    public static byte[] notification(String channel, String payload) {
        return message(
                BackendTag.NOTIFICATION_RESPONSE, new byte[] {0, 0, 0, 7}, zeroEnded(channel), zeroEnded(payload));
    }

    public static byte[] parameter(String name, String value) {
        return message(BackendTag.PARAMETER_STATUS, zeroEnded(name), zeroEnded(value));
    }

    /** Text format, one column. */
    public static byte[] copyIn() {
        return message(BackendTag.COPY_IN_RESPONSE, new byte[] {0, 0, 1, 0, 0});
    }

    /** Text format, one column. */
    public static byte[] copyOut() {
        return message(BackendTag.COPY_OUT_RESPONSE, new byte[] {0, 0, 1, 0, 0});
    }

    public static byte[] copyData(String text) {
        return message(BackendTag.COPY_DATA, text.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] copyDone() {
        return message(BackendTag.COPY_DONE);
    }

    /** The reply to a SELECT of one value. */
    public static byte[] row(String value) {
        return Frontend.join(rowDescription("c"), dataRow(value), complete("SELECT 1"), ready('I'));
    }

    public static byte[] authenticationOk() {
        return message(BackendTag.AUTHENTICATION, new byte[4]);
    }

    public static byte[] keyData(int processId, int secret) {
        return message(
                BackendTag.BACKEND_KEY_DATA,
                new MessageBuilder().int32(processId).int32(secret).toByteArray());
    }

    private static byte[] fields(String severity, String sqlState, String text) {
        return Frontend.join(
                zeroEnded("S" + severity),
                zeroEnded("V" + severity),
                zeroEnded("C" + sqlState),
                zeroEnded("M" + text),
                new byte[1]);
    }
}
