package pgrouter.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The difference between the parameters that a session wants and those that a server process has: the only place that
 * computes it. Immutable.
 *
 * @param queries that bring the process up to date, to be run one after the other
 */
public record StateDiff(List<byte[]> queries) {
    public static final StateDiff NONE = new StateDiff(List.of());

    static final String AUTHORIZATION = "session_authorization";
    static final String ROLE = "role";

    /** Values that are set after this one are read in it. */
    private static final String ENCODING = "client_encoding";

    private static final Set<String> IDENTITY = Set.of(AUTHORIZATION, ROLE);

    /**
     * @param wanted the parameters that the session has set; empty where the value is not known
     * @param has the parameters that the process was given before, or has set itself. A name that is not wanted any
     * more must be plain: it is not quoted
     */
    static StateDiff of(Map<String, Optional<String>> wanted, Map<String, Optional<String>> has) {
        if (has.equals(wanted)) {
            return NONE;
        }
        Map<String, String> missing = new TreeMap<>();
        wanted.forEach((name, value) ->
                value.filter(set -> !value.equals(has.get(name))).ifPresent(set -> missing.put(name, set)));
        List<byte[]> queries = new ArrayList<>();
        String encoding = missing.remove(ENCODING);
        if (encoding != null) {
            queries.add(SqlText.query("SELECT " + set(ENCODING, encoding)));
        }
        List<String> surplus = surplus(wanted.keySet(), has.keySet());
        if (!missing.isEmpty() || !surplus.isEmpty()) {
            queries.add(SqlText.query(statements(wanted, missing, surplus)));
        }
        return new StateDiff(List.copyOf(queries));
    }

    private static List<String> surplus(Collection<String> wanted, Collection<String> has) {
        return has.stream().filter(name -> !wanted.contains(name)).sorted().toList();
    }

    private static String statements(
            Map<String, Optional<String>> wanted, Map<String, String> missing, List<String> surplus) {
        List<String> statements = new ArrayList<>();
        surplus.forEach(name -> statements.add("RESET " + name));
        boolean asAnother = IDENTITY.stream().anyMatch(wanted::containsKey);
        if (asAnother) {
            statements.add("RESET SESSION AUTHORIZATION");
            statements.add("RESET ROLE");
        }
        String others = missing.entrySet().stream()
                .filter(entry -> !IDENTITY.contains(entry.getKey()))
                .map(entry -> set(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
        if (!others.isEmpty()) {
            statements.add("SELECT " + others);
        }
        if (asAnother) {
            identity(wanted, AUTHORIZATION).ifPresent(statements::add);
            identity(wanted, ROLE).ifPresent(statements::add);
        }
        return String.join("; ", statements);
    }

    private static Optional<String> identity(Map<String, Optional<String>> wanted, String name) {
        return wanted.getOrDefault(name, Optional.empty()).map(value -> "SELECT " + set(name, value));
    }

    private static String set(String name, String value) {
        return "pg_catalog.set_config(" + SqlText.literal(name) + ", " + SqlText.literal(value) + ", false)";
    }
}
