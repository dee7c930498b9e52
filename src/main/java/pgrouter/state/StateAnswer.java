package pgrouter.state;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The answer of a server to the question for what is stale ({@link StaleState#question}). Immutable.
 *
 * @param settings the values of parameters; empty where there is no such parameter
 * @param present pins whose cause exists
 * @param absent pins whose cause does not exist
 * @param staysTraced whether something of the cause of a pin stays in the server's process after it is gone
 * @param statements the prepared statements that there are
 */
public record StateAnswer(
        Map<String, Optional<String>> settings,
        Set<Pin> present,
        Set<Pin> absent,
        boolean staysTraced,
        List<Prepared> statements) {
    /** A prepared statement as the server lists it; one that is deallocated is not in the list. */
    public record Prepared(String name, boolean bySql, String text) {}

    public StateAnswer {
        settings = Map.copyOf(settings);
        present = Set.copyOf(present);
        absent = Set.copyOf(absent);
        statements = List.copyOf(statements);
    }

    public static StateAnswer of(List<List<Optional<String>>> rows) {
        Map<String, Optional<String>> settings = new HashMap<>();
        Set<Pin> present = EnumSet.noneOf(Pin.class);
        Set<Pin> absent = EnumSet.noneOf(Pin.class);
        List<Prepared> statements = new ArrayList<>();
        boolean staysTraced = false;
        for (List<Optional<String>> row : rows) {
            String name = row.get(1).orElse("");
            boolean flag = StateQuestion.isTrue(row.get(3));
            switch (row.get(0).orElse("")) {
                case StateQuestion.SETTING -> settings.put(name, row.get(2));
                case StateQuestion.PIN -> {
                    (StateQuestion.isTrue(row.get(2)) ? present : absent).add(Pin.valueOf(name));
                    staysTraced |= flag;
                }
                default -> statements.add(new Prepared(name, flag, row.get(2).orElse("")));
            }
        }
        return new StateAnswer(settings, present, absent, staysTraced, statements);
    }

    /** Returns the prepared statement of this name, if there is one. */
    public Optional<Prepared> statement(String name) {
        return statements.stream()
                .filter(statement -> statement.name().equals(name))
                .findFirst();
    }
}
