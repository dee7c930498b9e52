package pgrouter.catalog;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pgrouter.routing.Functions;
import pgrouter.routing.SearchPath;
import pgrouter.routing.SuspectNames;
import pgrouter.routing.SuspectNames.Suspect;
import pgrouter.routing.Traits;

/**
 * The findings of one reading of a catalog, from which follows what is suspicious for the sessions of each path.
 * Immutable. Reader thread only.
 */
final class Findings {
    /** Operators that words stand for: IN, BETWEEN, LIKE, CASE, USING, ORDER BY and the like. */
    private static final Set<String> UNNAMED_OPERATORS =
            Set.of("=", "<>", "<", ">", "<=", ">=", "~~", "~~*", "!~~", "!~~*", "~", "!~");

    private final Contents contents;
    private final Map<String, Suspect> wherever;
    private final SuspectNames whole;
    private final Set<String> schemas;

    /** By schema, the names that mean an object of PostgreSQL's own, or no view, where they stand without their schema. */
    private final Map<String, Set<String>> shadowing;

    /**
     * @param rules names that are suspicious wherever they stand
     * @param relations unlogged ones, by their keys: the standby judges what is built on them
     * @param roots the objects that are suspicious by themselves
     * @param schemas the names of all schemas, by their oids
     * @param asynchronous whether a function may let commits be acknowledged before their WAL is flushed
     * @param callables functions of users, and relations whose use calls such functions
     */
    record Contents(
            Map<String, Suspect> rules,
            Map<String, Suspect> relations,
            Map<String, Suspect> roots,
            boolean asynchronous,
            Dependencies dependencies,
            Map<String, String> schemas,
            Set<String> callables,
            Functions functions) {
        boolean isSame(Contents other) {
            return rules.equals(other.rules)
                    && relations.equals(other.relations)
                    && roots.equals(other.roots)
                    && asynchronous == other.asynchronous
                    && dependencies.isSame(other.dependencies)
                    && schemas.equals(other.schemas)
                    && callables.equals(other.callables)
                    && functions.isSame(other.functions);
        }
    }

    Findings(Contents contents) {
        this.contents = contents;
        this.wherever = contents.dependencies().spread(contents.roots());
        this.shadowing = shadowing(contents);
        this.schemas = schemasOf();
        this.whole = SuspectNames.of(found(wherever, schemas)).among(contents.functions());
    }

    boolean isSame(Findings other) {
        return contents.isSame(other.contents);
    }

    private static Map<String, Set<String>> shadowing(Contents contents) {
        Map<String, Set<String>> shadowing = new HashMap<>();
        contents.callables().stream()
                .filter(object -> ObjectKey.kind(object) == ObjectKey.RELATION
                        || contents.functions().areServers(ObjectKey.name(object)))
                .forEach(object -> shadowing
                        .computeIfAbsent(ObjectKey.kindAndName(object), name -> new HashSet<>(2))
                        .add(ObjectKey.schema(object)));
        return shadowing;
    }

    private Set<String> schemasOf() {
        Set<String> schemas = new HashSet<>();
        shadowing.values().forEach(schemas::addAll);
        contents.relations().keySet().forEach(relation -> schemas.add(ObjectKey.schema(relation)));
        wherever.keySet().stream()
                .filter(object -> !object.equals(ObjectKey.ANYWHERE))
                .forEach(object -> schemas.add(ObjectKey.schema(object)));
        return Set.copyOf(schemas);
    }

    /** The names that are suspicious for a session whose search_path is unknown. */
    SuspectNames whole() {
        return whole;
    }

    /** The schemas of a path that make a difference, by their oids: sessions that have these in common share all findings. */
    Set<String> reached(SearchPath path) {
        return schemas.stream()
                .filter(schema -> path.schemas().contains(contents.schemas().getOrDefault(schema, "")))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The names that are suspicious for a session that looks for names in these schemas. */
    SuspectNames under(Set<String> reached) {
        Map<String, Suspect> found =
                contents.dependencies().spread(contents.roots(), object -> isIn(reached, object), wherever);
        Functions functions =
                contents.functions().without(hidden(ObjectKey.FUNCTION, reached), hidden(ObjectKey.RELATION, reached));
        SuspectNames suspects = SuspectNames.under(found(found, reached), Optional.of(functions), whole);
        return suspects.isSame(whole) ? whole : suspects;
    }

    /** Names of this kind that without their schemas do not mean an object of a user. */
    private Set<String> hidden(char kind, Set<String> reached) {
        return shadowing.entrySet().stream()
                .filter(entry -> entry.getKey().charAt(0) == kind)
                .filter(entry -> entry.getValue().stream().noneMatch(reached::contains))
                .map(entry -> entry.getKey().substring(1))
                .collect(Collectors.toSet());
    }

    private static boolean isIn(Set<String> schemas, String object) {
        return object.equals(ObjectKey.ANYWHERE) || schemas.contains(ObjectKey.schema(object));
    }

    private SuspectNames.Found found(Map<String, Suspect> suspicious, Set<String> reached) {
        Collected collected = new Collected(reached);
        contents.rules().forEach((name, suspect) -> merge(collected.names, name, suspect));
        contents.relations().forEach(collected::named);
        suspicious.forEach(collected::add);
        return new SuspectNames.Found(
                collected.names,
                collected.ofSchemas,
                collected.operators,
                collected.operatorsOfSchemas,
                !contents.relations().isEmpty(),
                collected.anywhere,
                contents.asynchronous());
    }

    private static void merge(Map<String, Suspect> names, String name, Suspect suspect) {
        names.merge(name, suspect, Findings::merged);
    }

    /** A name that is a relation in one schema and a function in another counts wherever it stands. */
    private static Suspect merged(Suspect one, Suspect other) {
        boolean relations = Traits.has(one.traits() & other.traits(), Traits.AS_RELATION);
        Suspect both = Dependencies.either(one, other);
        return relations ? both : both.without(Traits.AS_RELATION);
    }

    /** The suspicious objects by name, as a text has it. */
    private final class Collected {
        private final Set<String> reached;
        private final Map<String, Suspect> names = new HashMap<>();
        private final Map<String, Map<String, Suspect>> ofSchemas = new HashMap<>();
        private final Map<String, Suspect> operators = new HashMap<>();
        private final Map<String, Suspect> operatorsOfSchemas = new HashMap<>();
        private boolean anywhere;

        Collected(Set<String> reached) {
            this.reached = reached;
        }

        void add(String object, Suspect suspect) {
            switch (ObjectKey.kind(object)) {
                case '*' -> anywhere = true;
                case ObjectKey.VALUES -> {}
                case ObjectKey.OPERATOR -> operator(object, suspect);
                default -> named(object, suspect);
            }
        }

        private void operator(String object, Suspect suspect) {
            String symbol = ObjectKey.name(object);
            if (isIn(reached, object)) {
                merge(operators, symbol, suspect);
                anywhere |= UNNAMED_OPERATORS.contains(symbol);
            } else {
                merge(operatorsOfSchemas, symbol, suspect);
            }
        }

        private void named(String object, Suspect suspect) {
            String name = ObjectKey.name(object);
            if (isIn(reached, object)) {
                merge(names, name, suspect);
            } else {
                String schema = contents.schemas().getOrDefault(ObjectKey.schema(object), "");
                merge(ofSchemas.computeIfAbsent(schema, made -> new HashMap<>()), name, suspect);
            }
        }
    }
}
