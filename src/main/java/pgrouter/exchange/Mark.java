package pgrouter.exchange;

import pgrouter.protocol.BackendTag;
import pgrouter.protocol.FrontendTag;

/**
 * The mark of a sent message, by which {@link PendingReplies} knows its answer: its own tag ({@link FrontendTag}), or
 * one of these. A mark is a byte, so that a request allocates none.
 */
final class Mark {
    /** Messages of pgrouter's own, whose replies the client must not see. */
    static final byte OWN_PARSE = '1';

    static final byte OWN_CLOSE = '2';
    static final byte OWN_SYNC = '3';
    static final byte OWN_QUERY = '4';
    static final byte OWN_DESCRIBE = '5';

    /** A Parse that must fail. */
    static final byte OWN_FAILURE = '6';

    /** The question after a request whether its functions are the assessed ones. */
    static final byte OWN_CHECK = '7';

    /** The wait for a position, before a request. */
    static final byte OWN_WAIT = '8';

    /** A Close of a portal, of which nothing needs to be remembered. */
    static final byte CLOSE_PORTAL = 'o';

    /** A message of the extended protocol that the backend cannot read: its only answer is an error, at once. */
    static final byte MALFORMED = 'm';

    /** A Flush of this kind, which a COPY FROM STDIN swallows without reading it. */
    static final byte MALFORMED_FLUSH = 'h';

    /** A Query of this kind: its only answer is an error and ReadyForQuery. */
    static final byte MALFORMED_QUERY = 'q';

    /** A header of an unknown message: with it the backend ends the session, whatever it is doing. */
    static final byte NO_MESSAGE = '?';

    /** Whether a mark is that of a message of pgrouter's own. */
    static boolean isOwn(byte mark) {
        return mark <= OWN_WAIT;
    }

    /** The mark of a message that the backend cannot read. */
    static byte malformed(byte tag) {
        return switch (tag) {
            case FrontendTag.QUERY -> MALFORMED_QUERY;
            case FrontendTag.FLUSH -> MALFORMED_FLUSH;
            default -> MALFORMED;
        };
    }

    /** Whether a message of the server with this tag can answer one with this mark. */
    static boolean answers(byte tag, byte mark) {
        return switch (tag) {
            case BackendTag.PARSE_COMPLETE -> mark == FrontendTag.PARSE || mark == OWN_PARSE;
            case BackendTag.BIND_COMPLETE -> mark == FrontendTag.BIND;
            case BackendTag.CLOSE_COMPLETE -> mark == FrontendTag.CLOSE || mark == OWN_CLOSE || mark == CLOSE_PORTAL;
            case BackendTag.PARAMETER_DESCRIPTION, BackendTag.NO_DATA -> isDescribe(mark);
            case BackendTag.ROW_DESCRIPTION -> isDescribe(mark) || isQuery(mark);
            case BackendTag.PORTAL_SUSPENDED -> mark == FrontendTag.EXECUTE;
            case BackendTag.FUNCTION_CALL_RESPONSE -> mark == FrontendTag.FUNCTION_CALL;
            case BackendTag.READY_FOR_QUERY -> isEnd(mark);
            case BackendTag.DATA_ROW,
                    BackendTag.COMMAND_COMPLETE,
                    BackendTag.EMPTY_QUERY_RESPONSE,
                    BackendTag.COPY_IN_RESPONSE,
                    BackendTag.COPY_OUT_RESPONSE,
                    BackendTag.COPY_DATA,
                    BackendTag.COPY_DONE -> mark == FrontendTag.EXECUTE || isQuery(mark);
            default -> false;
        };
    }

    private static boolean isQuery(byte mark) {
        return mark == FrontendTag.QUERY || mark == OWN_QUERY || mark == OWN_CHECK || mark == OWN_WAIT;
    }

    /** Whether a mark is that of a Describe. */
    static boolean isDescribe(byte mark) {
        return mark == FrontendTag.DESCRIBE || mark == OWN_DESCRIBE;
    }

    /** Whether that answer is the last one. */
    static boolean completes(byte tag, byte mark) {
        return switch (tag) {
            case BackendTag.READY_FOR_QUERY -> true;
            case BackendTag.PARSE_COMPLETE, BackendTag.BIND_COMPLETE, BackendTag.CLOSE_COMPLETE -> true;
            case BackendTag.ROW_DESCRIPTION, BackendTag.NO_DATA -> isDescribe(mark);
            case BackendTag.COMMAND_COMPLETE, BackendTag.EMPTY_QUERY_RESPONSE, BackendTag.PORTAL_SUSPENDED ->
                mark == FrontendTag.EXECUTE;
            default -> false;
        };
    }

    /** Whether a COPY FROM STDIN ignores it. */
    static boolean isSwallowed(byte mark) {
        return mark == FrontendTag.SYNC || mark == FrontendTag.FLUSH || mark == MALFORMED_FLUSH;
    }

    /** Whether a backend that skips messages after an error goes on with it. */
    static boolean endsSkipping(byte mark) {
        return mark == FrontendTag.SYNC || mark == OWN_SYNC || mark == NO_MESSAGE;
    }

    /** Whether the backend answers nothing to it. */
    static boolean isPassed(byte mark) {
        return mark == FrontendTag.FLUSH || mark == FrontendTag.COPY_DONE || mark == FrontendTag.COPY_FAIL;
    }

    /** Whether its statement is remembered. */
    static boolean isAboutStatement(byte mark) {
        return switch (mark) {
            case FrontendTag.PARSE, OWN_PARSE, FrontendTag.DESCRIBE, OWN_DESCRIBE, FrontendTag.CLOSE, OWN_CLOSE -> true;
            default -> false;
        };
    }

    /** Whether the backend answers with ReadyForQuery. */
    static boolean isEnd(byte mark) {
        return switch (mark) {
            case FrontendTag.QUERY, FrontendTag.FUNCTION_CALL, FrontendTag.SYNC, MALFORMED_QUERY -> true;
            case OWN_SYNC, OWN_QUERY, OWN_CHECK, OWN_WAIT -> true;
            default -> false;
        };
    }

    /** Whether it gives the backend the turn. */
    static boolean isAwaited(byte mark) {
        return switch (mark) {
            case FrontendTag.FLUSH, MALFORMED, MALFORMED_FLUSH, NO_MESSAGE -> true;
            default -> isEnd(mark);
        };
    }

    private Mark() {}
}
