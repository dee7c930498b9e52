package pgrouter.config;

import java.time.Duration;

/**
 * How long a read waits for a standby to replay what the read must see.
 *
 * @param adapts whether it waits only as long as replay has recently taken there, and not where replay stands still
 * @param most the longest wait; zero where no read waits
 */
public record ReadWait(boolean adapts, Duration most) {
    /** No read waits. */
    public static final ReadWait OFF = new ReadWait(false, Duration.ZERO);

    /** The wait adapts to the standby, and is a short one at most. */
    public static final ReadWait AUTO = new ReadWait(true, Duration.ofMillis(5));

    /** Each read waits this long at most. */
    public static ReadWait of(Duration most) {
        return most.isZero() ? OFF : new ReadWait(false, most);
    }

    public boolean isOff() {
        return most.isZero();
    }
}
