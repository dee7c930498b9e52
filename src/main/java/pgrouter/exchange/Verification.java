package pgrouter.exchange;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Whether the functions that the present request calls are the assessed ones. The question is sent after the request,
 * and decides whether its reply counts. Part of an {@link Exchange}, and guarded by its lock.
 */
final class Verification {
    private State state = State.NOT_NEEDED;
    private String expected = "";
    private ByteArrayOutputStream heard = new ByteArrayOutputStream(0);

    private enum State {
        NOT_NEEDED,
        /** Such functions are called, and the question was not sent yet. */
        MISSING,
        PENDING,
        /** They are the assessed ones. */
        SAME,
        /** They differ, or that cannot be known. */
        OTHER
    }

    /** @param needed whether the request calls such functions */
    void begin(boolean needed) {
        state = needed ? State.MISSING : State.NOT_NEEDED;
    }

    /** Notes that the question is sent. */
    void ask(String answer) {
        state = State.PENDING;
        expected = answer;
        heard = new ByteArrayOutputStream();
    }

    void hear(byte[] bytes, int offset, int length) {
        heard.write(bytes, offset, length);
    }

    /** The question could not be answered. Its ReadyForQuery follows. */
    void failed() {
        heard.reset();
    }

    /** The answer has come to its end. */
    void answered() {
        if (state == State.PENDING) {
            state = isExpected(Answers.rows(heard.toByteArray(), StandardCharsets.ISO_8859_1))
                    ? State.SAME
                    : State.OTHER;
        }
    }

    private boolean isExpected(List<List<Optional<String>>> rows) {
        return rows.size() == 1 && rows.getFirst().getFirst().orElse("").equals(expected);
    }

    /** Whether the client must get nothing of the reply, since the question was not sent. */
    boolean isMissing() {
        return state == State.MISSING;
    }

    /** Whether the end of the reply must not reach the client yet. */
    boolean isPending() {
        return state == State.PENDING;
    }

    boolean differs() {
        return state == State.OTHER;
    }
}
