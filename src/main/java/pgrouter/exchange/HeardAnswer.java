package pgrouter.exchange;

import java.io.ByteArrayOutputStream;
import pgrouter.client.Memory;

/**
 * The answer to a question of pgrouter's own, as long as the memory of its session has room for it. A server's
 * parameter can be as large as 1 GB. Guarded by the relay's lock.
 */
public final class HeardAnswer {
    /** An array that grows exists twice for a moment. */
    private static final int COPIES = 2;

    /** There is always room for this many bytes. */
    private static final int SMALL = 16 * 1024;

    private final Memory.OfSession memory;
    private ByteArrayOutputStream answer = new ByteArrayOutputStream();
    private boolean tooMuch;

    HeardAnswer(Memory.OfSession memory) {
        this.memory = memory;
    }

    void hear(byte[] bytes, int offset, int length) {
        if (tooMuch) {
            return;
        }
        if (answer.size() + length <= SMALL || memory.fits((long) COPIES * length)) {
            memory.take((long) COPIES * length);
            answer.write(bytes, offset, length);
        } else {
            forget();
            tooMuch = true;
        }
    }

    /** Whether there was no room for it: the received part is gone. */
    boolean isTooMuch() {
        return tooMuch;
    }

    byte[] bytes() {
        return answer.toByteArray();
    }

    /** Frees the answer, which is not needed any more. */
    void forget() {
        memory.take((long) -COPIES * answer.size());
        answer = new ByteArrayOutputStream();
    }
}
