package pgrouter.exchange;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Whether the standby has replayed a position before it runs the present request. It is asked to wait for that by
 * {@code WAIT FOR LSN}, which is sent before the request. Only the answer {@code success} lets the reply to the request
 * count. Part of an {@link Exchange}, and guarded by its lock.
 */
final class ReplayWait {
    private static final String SUCCESS = "success";

    /** Nothing is written to it. Each server connection has a wait, and few ever hear anything. */
    private static final ByteArrayOutputStream NOTHING = new ByteArrayOutputStream(0);

    private ReplayAnswer answer = ReplayAnswer.NOT_ASKED;
    private ByteArrayOutputStream heard = NOTHING;
    private String sqlState = "";

    /** Messages begin, before which nothing was asked. */
    void begin() {
        answer = ReplayAnswer.NOT_ASKED;
    }

    /** Notes that the wait is sent. */
    void ask() {
        answer = ReplayAnswer.PENDING;
        heard = new ByteArrayOutputStream();
        sqlState = "";
    }

    void hear(byte[] bytes, int offset, int length) {
        heard.write(bytes, offset, length);
    }

    /** The standby could not wait. Its ReadyForQuery follows. */
    void failed(String itsSqlState) {
        sqlState = itsSqlState;
    }

    /** The wait has come to its end. */
    void answered() {
        boolean isReached =
                sqlState.isEmpty() && isSuccess(Answers.rows(heard.toByteArray(), StandardCharsets.ISO_8859_1));
        ReplayAnswer.Outcome outcome = isReached ? ReplayAnswer.Outcome.REACHED : ReplayAnswer.Outcome.LATE;
        answer = new ReplayAnswer(outcome, sqlState, System.nanoTime());
        heard = NOTHING;
    }

    private static boolean isSuccess(List<List<Optional<String>>> rows) {
        return rows.size() == 1 && rows.getFirst().equals(List.of(Optional.of(SUCCESS)));
    }

    ReplayAnswer answer() {
        return answer;
    }

    /** Whether the standby has not answered yet. */
    boolean isPending() {
        return answer.isPending();
    }

    /** Whether the client must get nothing of the reply to the request. */
    boolean isLate() {
        return answer.isLate();
    }
}
