package pgrouter.exchange;

import java.util.Optional;
import pgrouter.client.Memory;

/** The answer to the last question of pgrouter's own on a connection. Part of an {@link Exchange}, and guarded by its lock. */
final class OwnAnswer {
    private final Memory.OfSession memory;
    private Optional<HeardAnswer> heard = Optional.empty();

    OwnAnswer(Memory.OfSession memory) {
        this.memory = memory;
    }

    /** A question follows. */
    void begin() {
        forget();
        heard = Optional.of(new HeardAnswer(memory));
    }

    void hear(byte[] bytes, int offset, int length) {
        heard.ifPresent(answer -> answer.hear(bytes, offset, length));
    }

    /** Takes the messages of the answer, which is forgotten. */
    byte[] take() {
        byte[] messages = heard.map(HeardAnswer::bytes).orElse(new byte[0]);
        heard.ifPresent(HeardAnswer::forget);
        return messages;
    }

    void forget() {
        heard.ifPresent(HeardAnswer::forget);
        heard = Optional.empty();
    }

    /** Whether a question was asked whose answer is kept. */
    boolean isAwaited() {
        return heard.isPresent();
    }

    /** Whether there was no room for it. */
    boolean isTooMuch() {
        return heard.filter(HeardAnswer::isTooMuch).isPresent();
    }
}
