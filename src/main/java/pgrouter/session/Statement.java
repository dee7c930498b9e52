package pgrouter.session;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import pgrouter.protocol.FrontendMessage;
import pgrouter.routing.Suspects;

/**
 * A prepared statement: its name, the message that makes it on any pipe, and what its text shows. Immutable; nobody changes the
 * array.
 */
final class Statement {
    static final String UNNAMED = "";
    private static final byte[] NOT_KEPT = {};

    private final String name;
    private final byte[] recipe;
    private final boolean bySql;

    /** The client thread finds; the thread of a pipe hands statements over. */
    private volatile Finding finding;

    private volatile Suspects foundUnder = Suspects.NONE;

    /**
     * What the scanner has found in a text.
     *
     * @param traits bits of {@link pgrouter.routing.Traits}
     * @param fingerprint of the text without its literals
     * @param settings parameters that it may change
     * @param named prepared statements that it names in SQL
     * @param executed those of them that it executes
     * @param assigned parameters and the values that it gives them, where it does nothing else
     */
    record Finding(
            long traits,
            long fingerprint,
            List<String> settings,
            List<String> named,
            List<String> executed,
            Map<String, String> assigned) {
        static Finding of(long traits) {
            return new Finding(traits, 0, List.of(), List.of(), List.of(), Map.of());
        }
    }

    private Statement(String name, byte[] recipe, Finding finding, boolean bySql) {
        this.name = name;
        this.recipe = recipe;
        this.finding = finding;
        this.bySql = bySql;
    }

    /** A statement of the extended protocol. */
    Statement(String name, byte[] parse, Finding finding) {
        this(name, parse, finding, false);
    }

    /** A statement of SQL's PREPARE, made anywhere by the same text. */
    static Statement bySql(String name, byte[] prepare, Finding finding) {
        return new Statement(name, prepare, finding, true);
    }

    /** A statement whose Parse is too large to keep: only the pipe that has it knows it. */
    static Statement notKept(String name, long traits) {
        return new Statement(name, NOT_KEPT, Finding.of(traits));
    }

    /** Only the name: for a Close. */
    static Statement named(String name) {
        return new Statement(name, NOT_KEPT, Finding.of(0));
    }

    String name() {
        return name;
    }

    /** The message that makes it on a pipe: a Parse, or a Query where SQL has prepared it. */
    byte[] recipe() {
        return recipe;
    }

    /** Whether SQL has prepared it. */
    boolean isBySql() {
        return bySql;
    }

    /** What its text shows by what is suspicious in the database. */
    void found(Finding next, Suspects under) {
        finding = next;
        foundUnder = under;
    }

    boolean isFoundUnder(Suspects suspects) {
        return foundUnder == suspects;
    }

    /** Its text, without the zero byte. */
    byte[] text() {
        byte[] query = bySql ? recipe : asQuery();
        return Arrays.copyOfRange(query, 5, query.length - 1);
    }

    /** A Query message of its text: its name ends at the first zero byte, its text at the second. */
    byte[] asQuery() {
        int text = 5;
        while (text < recipe.length && recipe[text++] != 0) {
            // Over the name.
        }
        int end = text;
        while (end < recipe.length && recipe[end++] != 0) {
            // Over the text.
        }
        return FrontendMessage.query(recipe, text, end);
    }

    /** Whether it can be parsed again, on another pipe. */
    boolean isKept() {
        return recipe.length > 0;
    }

    Finding finding() {
        return finding;
    }

    /** Whether the same message made both. */
    boolean isSame(Statement other) {
        return this == other || Arrays.equals(recipe, other.recipe);
    }
}
