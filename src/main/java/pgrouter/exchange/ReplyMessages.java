package pgrouter.exchange;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import pgrouter.metrics.BackendCounters;
import pgrouter.net.Inbox;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;

/**
 * Determines the meaning of each message of a server, and whether it is for the client. Only the beginnings of the
 * few that decide something are read. Used by the thread that reads. Guarded by the lock of the exchange.
 */
final class ReplyMessages {
    static final int HEADER = 5;

    /** The number of bytes of an error that are read: severity and SQLSTATE stand at its beginning. */
    private static final int ERROR_BEGINNING = 512;

    private static final int NAME_BEGINNING = 64;
    private static final String SEARCH_PATH = "search_path\0";
    private static final byte[] NONE = {};

    private final ServerLink link;
    private final Exchange exchange;
    private final SessionContext session;
    private final ClusterContext cluster;
    private final BackendCounters counters;
    private final Inbox inbox;

    /** The error that replaces one that the client does not see, as soon as that one is complete. */
    private Optional<ErrorResponse> instead = Optional.empty();

    /** The server's last error that the client has not seen: a FATAL, or the WARNING of a server that terminates at once. */
    private Optional<ErrorResponse> lastWords = Optional.empty();

    /** A FATAL that the client gets unless the node shuts down. */
    private byte[] farewell = NONE;

    /** The last value that the server has reported; null where it reports none. */
    private volatile String searchPath;

    ReplyMessages(
            ServerLink link,
            Exchange exchange,
            SessionContext session,
            ClusterContext cluster,
            BackendCounters counters) {
        this.link = link;
        this.exchange = exchange;
        this.session = session;
        this.cluster = cluster;
        this.counters = counters;
        this.inbox = link.connection().inbox();
        this.searchPath = link.connection().parameters().get("search_path");
    }

    /** The number of bytes of a message that must be present before it is handled. */
    static int needed(byte tag, int length) {
        return switch (tag) {
            case BackendTag.READY_FOR_QUERY -> HEADER + 1;
            case BackendTag.ERROR_RESPONSE, BackendTag.NOTICE_RESPONSE -> Math.min(1 + length, ERROR_BEGINNING);
            case BackendTag.PARAMETER_STATUS, BackendTag.COMMAND_COMPLETE -> Math.min(1 + length, NAME_BEGINNING);
            default -> HEADER;
        };
    }

    /**
     * Handles a message.
     *
     * @param at where it begins in the inbox
     * @param present how many bytes of it are there, with its header
     * @return whether it is for the client
     */
    boolean take(byte tag, int at, int present) throws ProtocolException {
        lastWords = Optional.empty();
        return switch (tag) {
            case BackendTag.NOTICE_RESPONSE -> notice(at, present);
            case BackendTag.NOTIFICATION_RESPONSE -> link.isWriter();
            case BackendTag.PARAMETER_STATUS -> parameter(text(at, present));
            case BackendTag.ERROR_RESPONSE -> error(at, present);
            case BackendTag.READY_FOR_QUERY -> exchange.received().ready(inbox.byteAt(at + HEADER));
            case BackendTag.COMMAND_COMPLETE -> complete(at, present);
            case BackendTag.PORTAL_SUSPENDED -> suspended();
            default -> exchange.received().answered(tag);
        };
    }

    private boolean suspended() throws ProtocolException {
        exchange.reply().shows(Effect.SUSPENDED);
        return exchange.received().answered(BackendTag.PORTAL_SUSPENDED);
    }

    /**
     * The client gets the primary's parameters; those that pgrouter itself has set there only where they have
     * changed. Of a standby's parameters, as after a reload, it gets only those that it has set there.
     */
    private boolean parameter(String status) throws ProtocolException {
        noteSearchPath(status);
        boolean passes =
                link.isWriter() || (isClients(status) && !exchange.reply().isHeld());
        if (!link.isWriter() && status.equals("in_hot_standby\0off\0")) {
            cluster.alarm().run();
        }
        return passes && (session.reported().report(status) || !exchange.isAnsweringOwn());
    }

    private void noteSearchPath(String status) {
        if (status.startsWith(SEARCH_PATH) && status.endsWith("\0")) {
            searchPath = status.substring(SEARCH_PATH.length(), status.length() - 1);
        }
    }

    /** Whether the client may have set it, and its value is not that of this node alone. */
    private boolean isClients(String status) {
        return exchange.sentTraits().mayReport() && !status.startsWith("in_hot_standby\0");
    }

    private boolean complete(int at, int present) throws ProtocolException {
        CommandTag tag = CommandTag.decode(inbox.array(), inbox.arrayOffset(at + HEADER), present - HEADER);
        if (!tag.equals(CommandTag.SELECT)) {
            shows(tag);
        }
        return exchange.received().answered(BackendTag.COMMAND_COMPLETE);
    }

    private void shows(CommandTag tag) {
        if (link.isWriter() && tag.writes()) {
            exchange.reply().shows(Effect.WROTE);
            exchange.dataChange().happened();
        }
        if (link.isWriter() && tag.changesLogins()) {
            exchange.loginChange().happened();
        }
        if (tag.commits()) {
            exchange.received().committed();
        }
        if (tag.equals(CommandTag.DISCARD_ALL)) {
            exchange.reply().shows(Effect.DISCARDED);
            exchange.received().deallocatedAll();
        } else if (tag.equals(CommandTag.DEALLOCATE_ALL)) {
            exchange.received().deallocatedAll();
        }
        if (tag.changesSchema()) {
            exchange.reply().shows(Effect.CHANGED_SCHEMA);
        }
        if (tag.changesCode()) {
            exchange.reply().shows(Effect.CHANGED_CODE);
        }
    }

    /** A process that must terminate at once says so in a WARNING ({@code quickdie} in postgres.c): nothing comes after it. */
    private boolean notice(int at, int present) {
        ErrorResponse notice = decode(at, present);
        if (SqlState.isServerLeaving(notice.sqlState())) {
            lastWords = Optional.of(notice);
        }
        return !exchange.isAnsweringOwn()
                && (link.isWriter() || exchange.reply().isForClient());
    }

    private boolean error(int at, int present) {
        ErrorResponse error = decode(at, present);
        if (exchange.reply().isForClient()) {
            counters.error(exchange.received().ownWords(error).orElse(error).sqlState());
        }
        if (error.endsConnection()) {
            return ends(error, at, present);
        }
        if (link.isWriter() && error.sqlState().equals(SqlState.READ_ONLY_SQL_TRANSACTION)) {
            cluster.alarm().run();
        }
        return failed(error);
    }

    /** The server ends the connection. */
    private boolean ends(ErrorResponse error, int at, int present) {
        ServerEnd meaning = session.end().meaning(error.sqlState(), link);
        switch (meaning) {
            case TOLD -> {
                exchange.reply().passesLastWords();
                if (!link.isLeft()) {
                    session.end().told();
                }
            }
            case REPLACED -> lastWords = Optional.of(error);
            case ASKED -> {
                lastWords = Optional.of(error);
                farewell = isWhole(at, present) ? copy(at, present) : error.encode();
            }
        }
        return meaning == ServerEnd.TOLD;
    }

    private boolean failed(ErrorResponse error) {
        boolean expected = link.isWriter() || exchange.reply().isForClient();
        boolean first = !exchange.reply().hasFailed();
        Optional<ErrorResponse> ownWords = exchange.received().ownWords(error);
        boolean passes = exchange.received().failed(error) && expected;
        if (ownWords.isPresent() && !exchange.reply().isHeld()) {
            instead = ownWords;
        } else if (passes && first && exchange.reply().isRefusedLate()) {
            instead = Optional.of(LateRefusal.of(link.address(), error.sqlState()));
        }
        return passes && instead.isEmpty();
    }

    private boolean isWhole(int at, int present) {
        return present == 1 + inbox.intAt(at + 1);
    }

    private byte[] copy(int at, int present) {
        int start = inbox.arrayOffset(at);
        return Arrays.copyOfRange(inbox.array(), start, start + present);
    }

    private ErrorResponse decode(int at, int present) {
        int start = inbox.arrayOffset(at + HEADER);
        return ErrorResponse.decode(inbox.array(), start, start + present - HEADER);
    }

    private String text(int at, int present) {
        int start = inbox.arrayOffset(at + HEADER);
        return new String(inbox.array(), start, present - HEADER, StandardCharsets.ISO_8859_1);
    }

    /** Whether another error replaces the present one for the client. */
    boolean isReplacing() {
        return instead.isPresent();
    }

    /** Takes that error, which is forgotten. */
    byte[] takeReplacement() {
        byte[] words = instead.orElseThrow().encode();
        instead = Optional.empty();
        return words;
    }

    /** The server has violated the protocol. */
    void broken(ProtocolException e) {
        lastWords = Optional.of(
                ErrorResponse.fatal(SqlState.PROTOCOL_VIOLATION, "backend " + link.address() + ": " + e.getMessage()));
    }

    /** Returns the server's last error that the client has not seen. */
    Optional<ErrorResponse> lastWords() {
        return lastWords;
    }

    /** Returns the server's FATAL that the client gets unless the node shuts down; else nothing. */
    byte[] farewell() {
        return farewell;
    }

    /** The client has the server's last error. */
    void saysFarewell() {
        lastWords = Optional.empty();
    }

    /** The value of the parameter where the server reports it, else null. Any thread. */
    String searchPath() {
        return searchPath;
    }
}
