package pgrouter.state;

import java.nio.charset.StandardCharsets;

/** SQL that pgrouter builds from values that a session has set. */
public final class SqlText {
    private SqlText() {}

    /** Escapes so that the text means the same with standard_conforming_strings on and off. */
    public static String literal(String value) {
        String escaped = value.replace("\\", "\\\\").replace("'", "''");
        return escaped.length() == value.length() ? "'" + value + "'" : " E'" + escaped + "'";
    }

    /**
     * The text of a Query message, with its zero byte. Values are kept as the bytes that the server has sent, in the session's
     * client_encoding.
     */
    static byte[] query(String sql) {
        return (sql + "\0").getBytes(StandardCharsets.ISO_8859_1);
    }
}
