package pgrouter.exchange;

import java.util.ArrayDeque;
import java.util.Deque;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.ProtocolException;
import pgrouter.request.Statement;

/**
 * The messages that were sent on a server connection and are not answered yet, treated as PostgreSQL itself does
 * ({@code PostgresMain} in postgres.c): an error in the extended protocol drops all up to the next Sync, and COPY
 * FROM STDIN swallows Sync and Flush. This class knows to which message a reply belongs and whose turn it is. Guarded
 * by the relay's lock.
 */
public final class PendingReplies {
    /**
     * The most statements and other messages that may be unanswered, and the most bytes of statements. A server keeps
     * its answers in a buffer of 8 kB ({@code PQ_SEND_BUFFER_SIZE} in pqcomm.c); a Flush makes it send them.
     */
    private static final int MANY_STATEMENTS = 4096;

    private static final int MANY_BYTES = 512 * 1024;
    private static final int MANY_MESSAGES = 256 * 1024;

    private final MarkQueue marks = new MarkQueue();
    private int ends;
    private boolean skipping;
    private boolean copyIn;
    private boolean intruded;
    private int ownDescribes;
    private Deque<Statement> statements = new ArrayDeque<>(1);

    /** The number of bytes that the messages of these have. */
    private long statementBytes;

    /** Notes a message without anything to remember. */
    void sent(byte mark) {
        switch (mark) {
            case FrontendTag.COPY_DATA, FrontendTag.TERMINATE -> {}
            case FrontendTag.COPY_DONE, FrontendTag.COPY_FAIL -> copyEnds(mark);
            case FrontendTag.FLUSH -> flush();
            case Mark.MALFORMED_FLUSH -> malformedFlush();
            case Mark.NO_MESSAGE -> noMessage();
            case FrontendTag.SYNC, Mark.OWN_SYNC -> sync(mark);
            default -> add(mark);
        }
    }

    /** Notes a Parse, Describe or Close; the statement is handed back when its reply has come. */
    void sent(byte mark, Statement statement) {
        if (add(mark)) {
            statements.addLast(statement);
            statementBytes += statement.length();
        }
    }

    /**
     * Handles a reply that belongs to a request (neither an error nor a notice, notification or parameter).
     *
     * @return the mark of the message that it answers: pgrouter's own or the client's
     * @throws ProtocolException when no sent message has such an answer
     */
    byte answered(byte tag) throws ProtocolException {
        byte mark = marks.first();
        if (!Mark.answers(tag, mark)) {
            throw new ProtocolException("message type 0x%02x of the backend answers nothing".formatted(tag));
        }
        if (tag == BackendTag.COPY_IN_RESPONSE) {
            copyBegins();
        } else if (Mark.completes(tag, mark)) {
            remove();
            dropPassed();
        }
        return mark;
    }

    /** Returns the statement of the Parse, Describe or Close that {@link #answered} has just given. */
    Statement statement() {
        Statement statement = statements.removeFirst();
        statementBytes -= statement.length();
        return statement;
    }

    /** Whether so much is unanswered that the answers must be awaited before more is sent. */
    boolean isLong() {
        return marks.size() > MANY_MESSAGES || statements.size() > MANY_STATEMENTS || statementBytes > MANY_BYTES;
    }

    /** Whether a Describe of pgrouter's own is unanswered. */
    boolean awaitsOwnDescription() {
        return ownDescribes > 0;
    }

    /** Whether the present error is one that pgrouter has caused. */
    boolean isFailing() {
        return marks.first() == Mark.OWN_FAILURE;
    }

    /** Whether the present error would be that of a Parse of the unnamed statement. */
    boolean isParsingUnnamed() {
        return marks.first() == FrontendTag.PARSE
                && statements.getFirst().name().equals(Statement.UNNAMED);
    }

    /**
     * Handles an error.
     *
     * @return the mark of the message that failed, 0 where none was under way
     */
    byte failed() {
        copyIn = false;
        byte mark = marks.first();
        if (!marks.isEmpty() && !Mark.isEnd(mark)) {
            skipping = !skipToSync();
        }
        return mark;
    }

    /** Whether the backend now answers a message of pgrouter's own. */
    boolean isAnsweringOwn() {
        return !marks.isEmpty() && Mark.isOwn(marks.first());
    }

    /** Whether the backend now answers the question whether functions have changed. */
    boolean isAnsweringCheck() {
        return marks.first() == Mark.OWN_CHECK;
    }

    /** Whether the backend now answers the wait for a position. */
    boolean isAnsweringWait() {
        return marks.first() == Mark.OWN_WAIT;
    }

    /** Whether the client can send more without an answer of the backend. */
    boolean isClientsTurn() {
        return ends == 0 || copyIn;
    }

    /** Whether a sent message is unanswered: the backend may be at work. */
    boolean hasUnanswered() {
        return !marks.isEmpty();
    }

    /** Whether the backend reads COPY data. */
    boolean isCopying() {
        return copyIn;
    }

    /** Whether all sent messages are answered up to a ReadyForQuery. */
    boolean isSettled() {
        return marks.isEmpty() && !skipping && !copyIn;
    }

    /** Whether an error was answered and the backend drops all that comes before a Sync. */
    boolean isSkipping() {
        return skipping;
    }

    private void copyEnds(byte mark) {
        if (copyIn) {
            copyIn = false;
        } else if (!marks.isEmpty()) {
            add(mark);
        }
    }

    private void flush() {
        if (!copyIn && !marks.isEmpty()) {
            add(FrontendTag.FLUSH);
        }
    }

    private void malformedFlush() {
        if (!copyIn) {
            add(Mark.MALFORMED_FLUSH);
        }
    }

    private void noMessage() {
        skipping = false;
        copyIn = false;
        add(Mark.NO_MESSAGE);
    }

    private void sync(byte mark) {
        if (!copyIn) {
            skipping = false;
            add(mark);
        }
    }

    /** The backend reads COPY data from here on: the messages that were sent already after the COPY are part of that. */
    private void copyBegins() {
        copyIn = true;
        intruded = false;
        int behind = 1;
        while (copyIn && behind < marks.size()) {
            byte mark = marks.at(behind);
            if (mark == FrontendTag.COPY_DONE || mark == FrontendTag.COPY_FAIL) {
                copyIn = false;
            } else if (!Mark.isSwallowed(mark)) {
                intruded = true;
                copyIn = mark != Mark.NO_MESSAGE;
                return;
            }
            removeAt(behind);
        }
    }

    /** @return whether the message that ends the skipping was sent */
    private boolean skipToSync() {
        while (!marks.isEmpty() && !Mark.endsSkipping(marks.first())) {
            if (Mark.isAboutStatement(marks.first())) {
                statement();
            }
            remove();
        }
        return !marks.isEmpty();
    }

    /** Flush has no reply, and the end of a COPY that never began is ignored. */
    private void dropPassed() {
        while (Mark.isPassed(marks.first())) {
            remove();
        }
    }

    /** @return whether it will be answered by itself */
    private boolean add(byte mark) {
        if (skipping || isIntruder()) {
            return false;
        }
        marks.add(mark);
        ownDescribes += mark == Mark.OWN_DESCRIBE ? 1 : 0;
        ends += Mark.isAwaited(mark) ? 1 : 0;
        return true;
    }

    /** The error of the COPY answers the first message that has no place in a COPY FROM STDIN ({@code CopyGetData}). */
    private boolean isIntruder() {
        boolean first = copyIn && !intruded;
        intruded |= copyIn;
        return first;
    }

    private void remove() {
        ends -= Mark.isAwaited(marks.first()) ? 1 : 0;
        ownDescribes -= marks.first() == Mark.OWN_DESCRIBE ? 1 : 0;
        marks.removeFirst();
        if (marks.shrink()) {
            // Of the statements, one may be left that answered() has just found.
            statements = new ArrayDeque<>(statements);
        }
    }

    private void removeAt(int index) {
        ends -= Mark.isAwaited(marks.at(index)) ? 1 : 0;
        marks.remove(index);
    }
}
