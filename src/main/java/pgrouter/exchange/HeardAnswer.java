package pgrouter.exchange;

import java.io.ByteArrayOutputStream;
import pgrouter.client.Memory;

/**
 * The answer to a question of pgrouter's own, as long as there is room for it in what its session may have. A server's parameter can be as
 * large as 1 GB. Used under the relay's lock.
 */
public final class HeardAnswer {
    /** An array that grows has another beside it. */
    private static final int COPIES = 2;

    /** For so many bytes there is always room. */
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

    /** Whether there was no room for it: what was heard is gone. */
    boolean isTooMuch() {
        return tooMuch;
    }

    byte[] bytes() {
        return answer.toByteArray();
    }

    /** It is not needed any more. */
    void forget() {
        memory.take((long) -COPIES * answer.size());
        answer = new ByteArrayOutputStream();
    }
}
