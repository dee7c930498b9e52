package pgrouter.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Queries to a server for what a session has set on it. */
public final class StateQuestion {
    static final String SETTING = "setting";
    static final String PIN = "pin";
    private static final String STATEMENT = "statement";

    private StateQuestion() {}

    /**
     * Returns one query. Its rows are kind, name, value and a flag: for a statement, whether SQL has prepared it, for a
     * pin, whether something of it stays.
     */
    static byte[] of(Set<String> settings, Set<Pin> pins, Set<String> statements) {
        List<String> parts = new ArrayList<>();
        for (String name : settings) {
            parts.add("SELECT '" + SETTING + "', " + SqlText.literal(name) + ", pg_catalog.current_setting("
                    + SqlText.literal(name) + ", true), NULL");
        }
        for (Pin pin : pins) {
            parts.add("SELECT '" + PIN + "', '" + pin.name() + "', "
                    + pin.question().map(StateQuestion::flag).orElseThrow() + ", "
                    + pin.trace().map(StateQuestion::flag).orElse("NULL"));
        }
        if (!statements.isEmpty()) {
            String names = statements.stream().map(SqlText::literal).collect(Collectors.joining(", "));
            parts.add("SELECT '" + STATEMENT + "', name, statement, " + flag("from_sql")
                    + " FROM pg_catalog.pg_prepared_statements WHERE name OPERATOR(pg_catalog.=) ANY (ARRAY[" + names
                    + "])");
        }
        return SqlText.query(String.join(" UNION ALL ", parts));
    }

    /** Returns a query whether the cause of a pin exists. */
    public static byte[] of(Pin pin) {
        return SqlText.query("SELECT " + pin.question().map(StateQuestion::flag).orElseThrow());
    }

    /** Whether the answer to that query is yes. */
    public static boolean isYes(List<List<Optional<String>>> rows) {
        return rows.size() == 1 && isTrue(rows.getFirst().getFirst());
    }

    private static String flag(String condition) {
        return "CASE WHEN " + condition + " THEN 't' ELSE 'f' END";
    }

    static boolean isTrue(Optional<String> flag) {
        return flag.equals(Optional.of("t"));
    }
}
