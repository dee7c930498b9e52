package pgrouter.catalog;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pgrouter.backend.OwnQuery;
import pgrouter.backend.QueryException;
import pgrouter.backend.ServerConnection;
import pgrouter.catalog.Dependencies.Use;
import pgrouter.cluster.Lsn;
import pgrouter.config.FunctionRule;
import pgrouter.config.RouteRules;
import pgrouter.routing.FunctionBody;
import pgrouter.routing.FunctionNames;
import pgrouter.routing.Functions;
import pgrouter.routing.Functions.OfServer;
import pgrouter.routing.SearchPath;
import pgrouter.routing.StateTraits;
import pgrouter.routing.SuspectNames;
import pgrouter.routing.SuspectNames.Suspect;
import pgrouter.routing.Traits;

/**
 * One reading of a database's catalog: its functions, judged by their sources, and the objects that are built on the
 * suspicious ones. The server connection is in a transaction of one snapshot. Objects in the temporary schemas of other
 * sessions are left out: only those sessions can reach them, and they have no standby then.
 */
final class Assessment {
    /** Languages whose functions do nothing but run SQL, which the standby judges, or are part of the server. */
    private static final Set<String> JUDGED = Set.of("sql", "plpgsql");

    private static final Set<String> COMPILED = Set.of("c", "internal");

    private static final long WRITES = Traits.WRITER | Traits.MAY_WRITE;

    private static final Suspect UNREAD = new Suspect(
            WRITES,
            StateTraits.ADVISORY
                    .with(StateTraits.TEMPORARY)
                    .with(StateTraits.UNKNOWN)
                    .with(StateTraits.LEAVES),
            List.of());

    private final RouteRules rules;
    private final ServerConnection connection;
    private final Dependencies dependencies = new Dependencies();

    /** The objects that a word of a source may stand for, by the hash of the word. */
    private final Map<Integer, Set<String>> meanings = new HashMap<>();

    /** The functions that are not PostgreSQL's own: by name and oid, the transaction that has written the row. */
    private final Map<String, Map<Long, String>> versions = new HashMap<>();

    private final Set<String> functions = new HashSet<>();

    /** The names of the schemas by their oids. */
    private final Map<String, String> schemas = new HashMap<>();

    private final Map<String, Suspect> roots = new HashMap<>();
    private final Map<String, Suspect> unlogged = new HashMap<>();
    private OfServer server = new OfServer(FunctionNames.NONE, FunctionNames.NONE);
    private boolean converts;

    /** Whether a function may let commits be acknowledged before their WAL is flushed. */
    private boolean asynchronous;

    /** The number of bytes that are left for names. */
    private long room;

    /** @param room for the names of all objects that are read, in bytes */
    Assessment(RouteRules rules, ServerConnection connection, long room) {
        this.rules = rules;
        this.connection = connection;
        this.room = room;
    }

    /** The names that the administrator's rules call suspicious. Of the functions nothing else is known. */
    static SuspectNames ofRules(RouteRules rules) {
        return SuspectNames.of(new SuspectNames.Found(named(rules), Map.of(), Map.of(), Map.of(), false, false, true));
    }

    private static Map<String, Suspect> named(RouteRules rules) {
        return rules.writerFunctions().stream()
                .distinct()
                .collect(Collectors.toMap(name -> name, name -> Suspect.of(WRITES)));
    }

    Findings run() throws IOException, QueryException {
        server = ServerNames.of(connection);
        each(CatalogQueries.SCHEMAS, row -> schemas.put(row.get(0), row.get(1)));
        each(CatalogQueries.FUNCTIONS, row -> {
            versions.computeIfAbsent(row.get(0), name -> new HashMap<>(2)).put(Long.valueOf(row.get(1)), row.get(2));
            String function = ObjectKey.of(ObjectKey.FUNCTION, row.get(3) + "." + row.get(0));
            functions.add(function);
            means(function);
        });
        each(CatalogQueries.USES, row -> uses(row.get(0), row.get(1)));
        each(CatalogQueries.CASTS, row -> cast(row.get(0), row));
        if (converts) {
            each(CatalogQueries.VALUES, row -> values(row.get(0), row.get(1)));
        }
        each(CatalogQueries.RELATIONS, row -> relation(row.get(0), row.get(1)));
        OwnQuery.forEach(connection, CatalogQueries.bodies(connection.majorVersion()), values -> {
            takeRoom(values.subList(0, 1));
            function(values(values));
        });
        Set<String> callables = callables();
        return new Findings(new Findings.Contents(
                named(rules), unlogged, roots, asynchronous, dependencies, schemas, callables, functions(callables)));
    }

    private Set<String> callables() {
        return dependencies.reaching(functions).stream()
                .filter(object -> functions.contains(object) || ObjectKey.kind(object) == ObjectKey.RELATION)
                .collect(Collectors.toUnmodifiableSet());
    }

    private Functions functions(Set<String> callables) throws IOException, QueryException {
        Map<String, Set<String>> uses = new HashMap<>();
        dependencies.forEach((user, used) -> uses.computeIfAbsent(ObjectKey.kindAndName(user), name -> new HashSet<>(2))
                .add(ObjectKey.kindAndName(used)));
        Set<String> views = callables.stream()
                .filter(object -> ObjectKey.kind(object) == ObjectKey.RELATION)
                .map(ObjectKey::name)
                .collect(Collectors.toSet());
        Optional<Lsn> position = OwnQuery.firstRow(connection, CatalogQueries.POSITION)
                .getFirst()
                .flatMap(Lsn::parse);
        return new Functions(server, versions, views, uses, position);
    }

    private void means(String object) {
        meanings.computeIfAbsent(SuspectNames.hash(ObjectKey.name(object)), hash -> new HashSet<>(2))
                .add(object);
    }

    private void uses(String used, String user) {
        dependencies.add(user, used, Use.BOUND);
        if (user.equals(ObjectKey.ANYWHERE)) {
            return;
        }
        switch (ObjectKey.kind(user)) {
            case ObjectKey.FUNCTION, ObjectKey.RELATION, ObjectKey.TYPE -> means(user);
            default -> {}
        }
    }

    /**
     * The function of a cast is called where a value has one of its types. Any text may have a value of a type of
     * PostgreSQL's own: then the function is called by naming the target, or without any name.
     */
    private void cast(String function, List<String> row) {
        Optional<String> source = Optional.ofNullable(row.get(1));
        String target = row.get(2);
        boolean toUsers = row.get(3).equals("t");
        boolean named = row.get(4).equals("e");
        if (source.isPresent() || toUsers) {
            converts = true;
            values(function, ObjectKey.of(ObjectKey.VALUES, source.orElse(target)));
        } else {
            dependencies.add(named ? ObjectKey.of(ObjectKey.TYPE, target) : ObjectKey.ANYWHERE, function, Use.BOUND);
        }
    }

    /** A text that names a type may make a value of it. A relation is a type of its rows. */
    private void values(String used, String user) {
        uses(used, user);
        String place = user.substring(1);
        if (ObjectKey.kind(user) == ObjectKey.RELATION) {
            uses(user, ObjectKey.of(ObjectKey.VALUES, place));
            uses(ObjectKey.of(ObjectKey.VALUES, place), ObjectKey.of(ObjectKey.TYPE, place));
        } else if (ObjectKey.kind(user) == ObjectKey.VALUES) {
            uses(user, ObjectKey.of(ObjectKey.TYPE, place));
        }
    }

    private void relation(String relation, String kind) {
        Suspect suspect = Suspect.of(Traits.WRITER | Traits.AS_RELATION);
        if (kind.equals("S")) {
            roots.put(relation, suspect);
            means(relation);
        } else {
            unlogged.put(relation, suspect);
        }
    }

    private void function(List<String> row) {
        String object = ObjectKey.of(ObjectKey.FUNCTION, row.get(0));
        if (row.get(3) == null) {
            roots.merge(object, UNREAD, Dependencies::either);
            asynchronous = true;
            return;
        }
        byte[] source = row.get(3).getBytes(StandardCharsets.UTF_8);
        FunctionBody body = FunctionBody.read(source, 0, source.length);
        asynchronous |= Traits.has(body.traits(), Traits.ASYNCHRONOUS);
        Suspect suspect = suspect(row.get(1), row.get(2), row.get(4).equals("t"), body);
        if (!suspect.isNone()) {
            roots.merge(object, suspect, Dependencies::either);
        }
        boolean moves = !suspect.isNone() || row.get(5).equals("t");
        Sight sight = new Sight(body, moves, Optional.ofNullable(row.get(6)));
        for (int word : body.names()) {
            meanings.getOrDefault(word, Set.of())
                    .forEach(used -> sight.of(used).ifPresent(how -> dependencies.add(object, used, how)));
        }
        body.calls().stream()
                .filter(this::isUnknown)
                .forEach(call -> dependencies.add(object, ObjectKey.functionToCome(call), Use.ANYWHERE));
    }

    /** The schemas in which a function looks for the names in its source. */
    private final class Sight {
        private final FunctionBody body;

        /** Whether it may look in any schema: it works as another user, or sets a parameter itself. */
        private final boolean everywhere;

        /** The function's own search_path, which holds as long as it runs. */
        private final Optional<SearchPath> path;

        Sight(FunctionBody body, boolean moves, Optional<String> path) {
            this.body = body;
            this.path = moves ? Optional.empty() : path.flatMap(value -> SearchPath.of(value, Optional.empty()));
            this.everywhere = this.path.isEmpty() && (moves || path.isPresent());
        }

        /** How the function finds an object whose name is one of its words; empty where it does not. */
        Optional<Use> of(String object) {
            if (everywhere) {
                return Optional.of(Use.ANYWHERE);
            }
            String schema = schemas.getOrDefault(ObjectKey.schema(object), "");
            boolean named = body.names().contains(SuspectNames.hash(schema));
            if (path.isPresent()) {
                return named || path.get().schemas().contains(schema) ? Optional.of(Use.ANYWHERE) : Optional.empty();
            }
            return Optional.of(named ? Use.BOUND : Use.BY_PATH);
        }
    }

    /** Whether the call is of a function that is not there yet and may be made later. */
    private boolean isUnknown(String call) {
        return !server.functions().has(call) && !server.keywords().has(call) && !versions.containsKey(call);
    }

    /** @param leaves whether the function's own parameters may leave something in the server's process */
    private Suspect suspect(String language, String volatility, boolean leaves, FunctionBody body) {
        boolean byRule = rules.functions() == FunctionRule.VOLATILE && volatility.equals("v");
        boolean unjudged = !JUDGED.contains(language) && !COMPILED.contains(language);
        long always = byRule || unjudged ? WRITES : Traits.NONE;
        StateTraits left = leaves || unjudged ? StateTraits.LEAVES : StateTraits.NONE;
        return new Suspect(
                always | (body.traits() & ~Traits.ASYNCHRONOUS), left.with(body.state()), List.copyOf(body.settings()));
    }

    /** Takes one row; NULL is null. */
    private interface Row {
        void take(List<String> values);
    }

    private void each(String sql, Row row) throws IOException, QueryException {
        OwnQuery.forEach(connection, sql, values -> {
            takeRoom(values);
            row.take(values(values));
        });
    }

    /** Counts the names of a row. Of a function with its body only the name is kept, and counted. */
    private void takeRoom(List<Optional<String>> names) throws IOException {
        for (Optional<String> name : names) {
            room -= name.map(String::length).orElse(0);
        }
        if (room < 0) {
            throw new IOException("its catalog has more names than there is room for, raise -Xmx");
        }
    }

    private static List<String> values(List<Optional<String>> row) {
        List<String> values = new ArrayList<>(row.size());
        row.forEach(value -> values.add(value.orElse(null)));
        return values;
    }
}
