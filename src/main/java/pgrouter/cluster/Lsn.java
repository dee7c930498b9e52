package pgrouter.cluster;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the write-ahead log, in bytes from its beginning (PostgreSQL's {@code pg_lsn}). Places are compared on
 * one timeline only.
 *
 * @param position unsigned
 */
public record Lsn(long position) implements Comparable<Lsn> {
    private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");
    private static final int PAGE = 8192;
    private static final int SHORT_PAGE_HEADER = 24;
    private static final int LONG_PAGE_HEADER = 40;

    /**
     * Reads {@code 16/B374D848}.
     *
     * @return empty where the text is not such a position
     */
    public static Optional<Lsn> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(of(Long.parseLong(matcher.group(1), 16) << 32 | Long.parseLong(matcher.group(2), 16)))
                : Optional.empty();
    }

    /**
     * At the end of a page, a primary reports that the next record will start after the header of the next page,
     * while a standby reports that the last record ended before it ({@code XLogBytePosToRecPtr} and
     * {@code XLogBytePosToEndRecPtr} in xlog.c). No record ends inside a header, so both are taken as the start of
     * the page. Otherwise an idle standby would look 24 or 40 bytes behind.
     */
    private static Lsn of(long position) {
        long inPage = position & PAGE - 1;
        return new Lsn(inPage == SHORT_PAGE_HEADER || inPage == LONG_PAGE_HEADER ? position - inPage : position);
    }

    /** Whether a page of WAL begins here, as the end of a flush that no commit has demanded. */
    boolean isPageStart() {
        return (position & PAGE - 1) == 0;
    }

    /** The position so many bytes before this one; the beginning of the log where there are fewer. */
    Lsn minus(long bytes) {
        return new Lsn(Long.compareUnsigned(position, bytes) < 0 ? 0 : position - bytes);
    }

    /** The number of bytes that this is behind the other; 0 where it is not. */
    public long bytesBehind(Lsn other) {
        return compareTo(other) >= 0 ? 0 : other.position - position;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(position, other.position);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%X/%X", position >>> 32, position & 0xffffffffL);
    }
}
