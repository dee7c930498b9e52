package pgrouter.exchange;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The answer to the question whether the functions that a request has called are the ones that were looked at. It is part of an
 * {@link Exchange}, and guarded as that.
 */
public final class Verification {
    private final String expected;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private boolean failed;
    private boolean pending = true;

    Verification(String expected) {
        this.expected = expected;
    }

    void hear(byte[] bytes, int offset, int length) {
        heard.write(bytes, offset, length);
    }

    void failed() {
        failed = true;
    }

    void answered() {
        pending = false;
    }

    boolean isPending() {
        return pending;
    }

    /** Whether they are other ones, or nobody can tell. */
    boolean differs() {
        return !pending && (failed || !isExpected(Answers.rows(heard.toByteArray(), StandardCharsets.ISO_8859_1)));
    }

    private boolean isExpected(List<List<Optional<String>>> rows) {
        return rows.size() == 1 && rows.getFirst().getFirst().orElse("").equals(expected);
    }
}
