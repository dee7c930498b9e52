package pgrouter.exchange;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What the tag of a CommandComplete says of the command: the server's own word on what was done. */
public final class CommandTag {
    private static final byte[] SELECT = "SELECT ".getBytes(StandardCharsets.US_ASCII);

    private static final List<String> READS = List.of(
            "SELECT",
            "SHOW",
            "SET",
            "BEGIN",
            "START TRANSACTION",
            "COMMIT\0",
            "ROLLBACK\0",
            "FETCH",
            "MOVE",
            "RESET",
            "SAVEPOINT",
            "RELEASE",
            "EXPLAIN",
            "DECLARE CURSOR",
            "CLOSE CURSOR",
            "PREPARE\0",
            "DEALLOCATE",
            "LISTEN",
            "UNLISTEN",
            "DISCARD",
            "LOAD");

    private static final Set<String> CHANGE_LOGINS = Set.of(
            "CREATE ROLE\0",
            "ALTER ROLE\0",
            "DROP ROLE\0",
            "GRANT\0",
            "REVOKE\0",
            "GRANT ROLE\0",
            "REVOKE ROLE\0",
            "ALTER DATABASE\0",
            "DROP DATABASE\0",
            "DROP OWNED\0",
            "REASSIGN OWNED\0",
            "COMMIT PREPARED\0",
            "DO\0");

    private CommandTag() {}

    /** Whether it is that of a SELECT, of which nothing else is to be noted. No text is made for the most frequent of all. */
    static boolean isSelect(byte[] bytes, int start, int length) {
        return length > SELECT.length && Arrays.equals(bytes, start, start + SELECT.length, SELECT, 0, SELECT.length);
    }

    /** Whether a command of this tag changes what other sessions can read; a SELECT may, through a function. */
    static boolean writes(String tag) {
        for (String read : READS) {
            if (tag.startsWith(read)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it ended a transaction and kept what was done in it. */
    static boolean commits(String tag) {
        return tag.equals("COMMIT\0");
    }

    /** Whether it has changed the schema. A DO block may have; a CALL too, but is far too common to doubt everything behind it. */
    static boolean changesSchema(String tag) {
        return tag.startsWith("CREATE ")
                || tag.startsWith("ALTER ")
                || tag.startsWith("DROP ")
                || tag.startsWith("IMPORT ")
                || tag.equals("DO\0");
    }

    /** Whether it may have changed what functions and views do; tables and indexes come and go too often to look each time. */
    static boolean changesCode(String tag) {
        return changesSchema(tag) && !tag.contains(" TABLE") && !tag.contains(" INDEX") && !tag.contains(" STATISTICS");
    }

    /**
     * Whether it may have changed who can log in where, or what a new session finds set: roles, their memberships, databases, their
     * owners and rights ({@code cmdtaglist.h}). CALL and functions are too common to doubt what is known after each; health finds
     * what they have changed.
     */
    static boolean changesLogins(String tag) {
        return CHANGE_LOGINS.contains(tag);
    }

    static String text(byte[] bytes, int start, int length) {
        return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
    }
}
