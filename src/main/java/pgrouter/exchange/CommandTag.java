package pgrouter.exchange;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The command tag of a CommandComplete: the server's own word on what was done. Immutable.
 *
 * @param command as {@code cmdtaglist.h} spells it, without the counts after it
 */
record CommandTag(String command) {
    static final CommandTag SELECT = new CommandTag("SELECT");
    static final CommandTag COMMIT = new CommandTag("COMMIT");
    static final CommandTag DISCARD_ALL = new CommandTag("DISCARD ALL");
    static final CommandTag DEALLOCATE_ALL = new CommandTag("DEALLOCATE ALL");

    /**
     * The tags that decode without allocation, the most frequent first: an array, since a list would create an
     * iterator each time.
     */
    private static final CommandTag[] FREQUENT = {
        SELECT,
        new CommandTag("INSERT"),
        new CommandTag("UPDATE"),
        new CommandTag("DELETE"),
        new CommandTag("BEGIN"),
        COMMIT,
        new CommandTag("ROLLBACK"),
        new CommandTag("SET")
    };

    private static final Set<String> READS = Set.of(
            "SELECT",
            "SELECT FOR KEY SHARE",
            "SELECT FOR SHARE",
            "SELECT FOR NO KEY UPDATE",
            "SELECT FOR UPDATE",
            "SHOW",
            "SET",
            "SET CONSTRAINTS",
            "BEGIN",
            "START TRANSACTION",
            "COMMIT",
            "ROLLBACK",
            "FETCH",
            "MOVE",
            "RESET",
            "SAVEPOINT",
            "RELEASE",
            "EXPLAIN",
            "DECLARE CURSOR",
            "CLOSE CURSOR",
            "CLOSE CURSOR ALL",
            "PREPARE",
            "DEALLOCATE",
            "DEALLOCATE ALL",
            "LISTEN",
            "UNLISTEN",
            "DISCARD",
            "DISCARD ALL",
            "DISCARD PLANS",
            "DISCARD SEQUENCES",
            "DISCARD TEMP",
            "LOAD");

    private static final Set<String> CHANGE_LOGINS = Set.of(
            "CREATE ROLE",
            "ALTER ROLE",
            "DROP ROLE",
            "GRANT",
            "REVOKE",
            "GRANT ROLE",
            "REVOKE ROLE",
            "ALTER DATABASE",
            "DROP DATABASE",
            "DROP OWNED",
            "REASSIGN OWNED",
            "COMMIT PREPARED",
            "DO");

    /** Reads the body of a CommandComplete. Equal bodies of a frequent command return the same instance. */
    static CommandTag decode(byte[] body, int start, int length) {
        int end = start + length;
        while (end > start && isAfterCommand(body[end - 1])) {
            end--;
        }
        for (CommandTag tag : FREQUENT) {
            if (tag.isSpelled(body, start, end)) {
                return tag;
            }
        }
        return new CommandTag(new String(body, start, end - start, StandardCharsets.ISO_8859_1));
    }

    /** Removes the counts of rows, the blanks before them and the zero byte of the message. */
    private static boolean isAfterCommand(byte letter) {
        return letter == 0 || letter == ' ' || (letter >= '0' && letter <= '9');
    }

    private boolean isSpelled(byte[] text, int start, int end) {
        if (end - start != command.length()) {
            return false;
        }
        for (int i = 0; i < command.length(); i++) {
            if (text[start + i] != command.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it changes data that other sessions can read; a SELECT may, through a function. */
    boolean writes() {
        return !READS.contains(command);
    }

    /** Whether it committed a transaction. */
    boolean commits() {
        return equals(COMMIT);
    }

    /**
     * Whether it has changed the schema. A DO block may have. A CALL may too, but CALL is too frequent to doubt
     * everything after it.
     */
    boolean changesSchema() {
        return command.startsWith("CREATE ")
                || command.startsWith("ALTER ")
                || command.startsWith("DROP ")
                || command.startsWith("IMPORT ")
                || command.equals("DO");
    }

    /**
     * Whether it may have changed the behaviour of functions and views; tables and indexes are created and dropped
     * too often to look each time.
     */
    boolean changesCode() {
        return changesSchema()
                && !command.contains(" TABLE")
                && !command.contains(" INDEX")
                && !command.contains(" STATISTICS");
    }

    /**
     * Whether it may have changed which roles can log in where, or the initial settings of a new session: roles,
     * their memberships, databases, their owners and rights. CALL and functions are too frequent to doubt all
     * knowledge after each; health finds their changes.
     */
    boolean changesLogins() {
        return CHANGE_LOGINS.contains(command);
    }
}
