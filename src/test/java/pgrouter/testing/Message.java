package pgrouter.testing;

import java.nio.charset.StandardCharsets;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageReader;
import pgrouter.protocol.ProtocolException;

/**
 * One message as it came, and as a line for assertions: {@code Query SELECT 1}, {@code ERROR 25006 read-only}, {@code Ready I}.
 *
 * @param body without tag and length
 */
public record Message(byte tag, byte[] body) {
    /** The line of a message that a server sent. */
    public String fromServer() {
        try {
            return serverText(new MessageReader(body));
        } catch (ProtocolException e) {
            throw new AssertionError("malformed message " + (char) tag, e);
        }
    }

    private String serverText(MessageReader reader) throws ProtocolException {
        return switch (tag) {
            case BackendTag.AUTHENTICATION -> "Authentication " + reader.int32();
            case BackendTag.BACKEND_KEY_DATA -> "Key " + reader.int32();
            case BackendTag.PARSE_COMPLETE -> "ParseComplete";
            case BackendTag.BIND_COMPLETE -> "BindComplete";
            case BackendTag.CLOSE_COMPLETE -> "CloseComplete";
            case BackendTag.NO_DATA -> "NoData";
            case BackendTag.PARAMETER_DESCRIPTION -> "ParameterDescription";
            case BackendTag.ROW_DESCRIPTION -> "RowDescription";
            case BackendTag.DATA_ROW -> "Row " + value(reader);
            case BackendTag.COMMAND_COMPLETE -> "Complete " + reader.string();
            case BackendTag.EMPTY_QUERY_RESPONSE -> "EmptyQuery";
            case BackendTag.PORTAL_SUSPENDED -> "Suspended";
            case BackendTag.FUNCTION_CALL_RESPONSE -> "FunctionResult";
            case BackendTag.READY_FOR_QUERY -> "Ready " + (char) reader.int8();
            case BackendTag.NOTICE_RESPONSE, BackendTag.ERROR_RESPONSE -> error();
            case BackendTag.NOTIFICATION_RESPONSE ->
                "Notification " + new String(body, 4, body.length - 5, StandardCharsets.UTF_8).replace('\0', ' ');
            case BackendTag.PARAMETER_STATUS -> "Parameter " + reader.string() + "=" + reader.string();
            case BackendTag.NEGOTIATE_PROTOCOL_VERSION -> "Negotiate " + negotiated(reader);
            case BackendTag.COPY_IN_RESPONSE -> "CopyIn";
            case BackendTag.COPY_OUT_RESPONSE -> "CopyOut";
            case BackendTag.COPY_DATA -> "CopyData " + new String(body, StandardCharsets.UTF_8);
            case BackendTag.COPY_DONE -> "CopyDone";
            default -> throw new AssertionError("a server sends no message " + (char) tag);
        };
    }

    private static String value(MessageReader reader) throws ProtocolException {
        reader.int16();
        return new String(reader.bytes(reader.int32()), StandardCharsets.UTF_8);
    }

    private static String negotiated(MessageReader reader) throws ProtocolException {
        int version = reader.int32();
        StringBuilder text = new StringBuilder((version >> 16) + "." + (version & 0xffff));
        for (int left = reader.int32(); left > 0; left--) {
            text.append(' ').append(reader.string());
        }
        return text.toString();
    }

    private String error() {
        ErrorResponse error = ErrorResponse.decode(body, 0, body.length);
        return error.severity() + " " + error.sqlState() + " " + error.message();
    }

    /** The line of a message that a client sent. */
    public String fromClient() {
        try {
            return clientText(new MessageReader(body));
        } catch (ProtocolException e) {
            throw new AssertionError("malformed message " + (char) tag, e);
        }
    }

    private String clientText(MessageReader reader) throws ProtocolException {
        return switch (tag) {
            case FrontendTag.QUERY -> "Query " + reader.string();
            case FrontendTag.PARSE -> "Parse " + reader.string() + ": " + reader.string();
            case FrontendTag.BIND -> "Bind " + reader.string() + reader.string();
            case FrontendTag.DESCRIBE -> "Describe " + (char) reader.int8() + " " + reader.string();
            case FrontendTag.CLOSE -> "Close " + (char) reader.int8() + " " + reader.string();
            case FrontendTag.EXECUTE -> "Execute";
            case FrontendTag.SYNC -> "Sync";
            case FrontendTag.FLUSH -> "Flush";
            case FrontendTag.FUNCTION_CALL -> "FunctionCall " + reader.int32();
            case FrontendTag.COPY_DATA -> "CopyData " + new String(body, StandardCharsets.UTF_8);
            case FrontendTag.COPY_DONE -> "CopyDone";
            case FrontendTag.COPY_FAIL -> "CopyFail " + reader.string();
            case FrontendTag.TERMINATE -> "Terminate";
            case FrontendTag.PASSWORD -> "Password";
            default -> throw new AssertionError("a client sends no message " + (char) tag);
        };
    }
}
