package pgrouter.request;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import pgrouter.client.Memory;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.MessageBuilder;
import pgrouter.routing.StateTraits;
import pgrouter.routing.SuspectNames;
import pgrouter.routing.Traits;

/**
 * A prepared statement: its name, the message that makes it on any server connection, what its text shows, and what the
 * client was told of it. The array is never changed.
 */
public final class Statement {
    public static final String UNNAMED = "";

    /**
     * The memory of a statement besides its text and its names, in bytes: objects, and a place in the collections of
     * the session and its server connections.
     */
    static final int OVERHEAD = 400;

    private static final byte[] NOT_KEPT = {};
    /** A statement of which nothing is known. */
    public static final Statement UNKNOWN = named("?");

    private final String name;
    private final byte[] recipe;
    private final boolean bySql;

    /** The client thread sets it; the thread of a server connection hands statements over. */
    private volatile Finding finding;

    private volatile SuspectNames foundUnder = SuspectNames.NONE;

    /** Written by the thread of a server connection, read by the client thread. */
    private volatile Description told = Description.NONE;

    /**
     * The findings of the scanner in a text.
     *
     * @param traits bits of {@link Traits}
     * @param state its possible effects on the session
     * @param fingerprint of the text without its literals
     * @param settings parameters that it may change
     * @param named prepared statements that it names in SQL
     * @param executed those of them that it executes
     * @param assigned parameters and the values that it gives them, where it does nothing else
     * @param calls functions of users that it may call, as {@link pgrouter.routing.SqlScanner#calls()} names them
     */
    public record Finding(
            long traits,
            StateTraits state,
            long fingerprint,
            List<String> settings,
            List<String> named,
            List<String> executed,
            Map<String, String> assigned,
            List<String> calls) {
        public static final Finding NONE = of(Traits.NONE, StateTraits.NONE);

        /** The number of bytes of its lists. */
        public long bytes() {
            return Memory.of(settings)
                    + Memory.of(named)
                    + Memory.of(executed)
                    + Memory.of(calls)
                    + Memory.of(assigned.values());
        }

        static Finding of(long traits, StateTraits state) {
            return new Finding(traits, state, 0, List.of(), List.of(), List.of(), Map.of(), List.of());
        }
    }

    private Statement(String name, byte[] recipe, Finding finding, boolean bySql) {
        this.name = name;
        this.recipe = recipe;
        this.finding = finding;
        this.bySql = bySql;
    }

    /** A statement of the extended protocol. */
    public Statement(String name, byte[] parse, Finding finding) {
        this(name, parse, finding, false);
    }

    /** A statement of SQL's PREPARE, which the same text makes on any server. */
    public static Statement bySql(String name, byte[] prepare, Finding finding) {
        return new Statement(name, prepare, finding, true);
    }

    /** A statement whose Parse is too large to keep: only the server connection that has it knows it. */
    static Statement notKept(String name, Finding finding) {
        return new Statement(name, NOT_KEPT, finding);
    }

    /** A statement of which only the name is known: for a Close. */
    public static Statement named(String name) {
        return new Statement(name, NOT_KEPT, Finding.NONE);
    }

    public String name() {
        return name;
    }

    boolean isUnnamed() {
        return name.isEmpty();
    }

    /** The number of bytes of the statement. */
    public long bytes() {
        return bytes(name, recipe.length) + finding.bytes() + (long) Integer.BYTES * told.parameters().length;
    }

    /** The least number of bytes of a statement. */
    public static long bytes(String name, int recipe) {
        return OVERHEAD + Memory.of(name) + recipe;
    }

    /** The length of the message that makes it. */
    public int length() {
        return recipe.length;
    }

    /**
     * The message that makes it on a server connection: a Query where SQL has prepared it, else a Parse with the types
     * of the parameters that the client was told.
     */
    public byte[] recipe() {
        return bySql || !told.areParametersTold() ? recipe : parse(recipe, endOfName(), endOfText());
    }

    /** A statement of the same name and parameters that can be made anywhere and fails when it is executed. */
    public Statement standIn() {
        byte[] text = CachedPlan.standIn();
        return new Statement(name, parse(text, 0, text.length), Finding.NONE);
    }

    /** @param start of the text, which ends after its zero byte */
    private byte[] parse(byte[] text, int start, int end) {
        int[] types = told.parameters();
        MessageBuilder parse = new MessageBuilder().begin(FrontendTag.PARSE);
        parse.string(name).bytes(text, start, end - start).int16(types.length);
        for (int type : types) {
            parse.int32(type);
        }
        return parse.finish().toByteArray();
    }

    /** The description that the client was given. */
    public Description told() {
        return told;
    }

    public void told(Description description) {
        told = description;
    }

    /** Whether SQL has prepared it. */
    public boolean isBySql() {
        return bySql;
    }

    /** Sets what its text shows with these suspicious names. */
    void found(Finding next, SuspectNames under) {
        finding = next;
        foundUnder = under;
    }

    boolean isFoundUnder(SuspectNames suspects) {
        return foundUnder == suspects;
    }

    /** Its text, without the zero byte. */
    byte[] text() {
        byte[] query = bySql ? recipe : asQuery();
        return Arrays.copyOfRange(query, 5, query.length - 1);
    }

    /** A Query message of its text. The name in the Parse ends at the first zero byte, the text at the second. */
    byte[] asQuery() {
        return FrontendMessage.query(recipe, endOfName(), endOfText());
    }

    private int endOfName() {
        return endOfString(5);
    }

    private int endOfText() {
        return endOfString(endOfName());
    }

    /** The offset after the zero byte of a string. */
    private int endOfString(int start) {
        int end = start;
        while (end < recipe.length && recipe[end++] != 0) {
            // Skips the string.
        }
        return end;
    }

    /** Whether it can be parsed again, on another server connection. */
    boolean isKept() {
        return recipe.length > 0;
    }

    Finding finding() {
        return finding;
    }
}
