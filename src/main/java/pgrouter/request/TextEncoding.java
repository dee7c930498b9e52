package pgrouter.request;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The parameters of a session that are needed to read its SQL byte by byte. A change of them is session state, which
 * pins the session before it could mislead.
 *
 * @param standardStrings standard_conforming_strings
 * @param asciiSafe whether every byte below 0x80 is the ASCII character of that code
 */
public record TextEncoding(boolean standardStrings, boolean asciiSafe) {
    /**
     * Client-only encodings in which an ASCII byte may be the second half of a character ({@code PG_ENCODING_BE_LAST}
     * in pg_wchar.h).
     */
    private static final Set<String> MISLEADING =
            Set.of("SJIS", "SHIFT_JIS", "SHIFT_JIS_2004", "BIG5", "GBK", "UHC", "GB18030", "JOHAB");

    /** @param parameters the ParameterStatus values of the writer */
    static TextEncoding of(Map<String, String> parameters) {
        String encoding = parameters.getOrDefault("client_encoding", "UTF8").toUpperCase(Locale.ROOT);
        return new TextEncoding(
                !parameters.getOrDefault("standard_conforming_strings", "on").equals("off"),
                !MISLEADING.contains(encoding));
    }

    boolean isReadable(byte[] text, int start, int end) {
        if (asciiSafe) {
            return true;
        }
        for (int at = start; at < end; at++) {
            if (text[at] < 0) {
                return false;
            }
        }
        return true;
    }
}
