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
import pgrouter.backend.Pipe;
import pgrouter.backend.QueryException;
import pgrouter.catalog.Dependencies.Use;
import pgrouter.cluster.Lsn;
import pgrouter.config.FunctionRule;
import pgrouter.config.RouteRules;
import pgrouter.routing.FunctionBody;
import pgrouter.routing.FunctionNames;
import pgrouter.routing.Functions;
import pgrouter.routing.Functions.OfServer;
import pgrouter.routing.SearchPath;
import pgrouter.routing.Suspects;
import pgrouter.routing.Suspects.Suspect;
import pgrouter.routing.Traits;

/**
 * One reading of a database's catalog: its functions by their sources, and what is built on the suspicious ones. The pipe is in a
 * transaction of one snapshot. What others have made in their temporary schemas only they can reach, and they have no standby then.
 */
final class Assessment {
    /** Languages whose functions do nothing but run SQL, which the standby judges, or are part of the server. */
    private static final Set<String> JUDGED = Set.of("sql", "plpgsql");

    private static final Set<String> COMPILED = Set.of("c", "internal");
    private static final int SQL_BODIES_SINCE = 14;

    /** The longest source that is read, in bytes: a longer one is suspicious. */
    private static final int LONGEST_SOURCE = 128 * 1024;

    private static final Suspect UNREAD = new Suspect(
            Traits.WRITER
                    | Traits.MAY_WRITE
                    | Traits.ADVISORY
                    | Traits.TEMPORARY
                    | Traits.UNKNOWN_STATE
                    | Traits.LEAVES,
            List.of());

    private static final String SCHEMAS = """
            SELECT oid, nspname FROM pg_catalog.pg_namespace
            WHERE pg_catalog.strpos(nspname, 'pg_temp_') <> 1 AND pg_catalog.strpos(nspname, 'pg_toast') <> 1""";

    /** Used object and user, as an {@link ObjectKey} each. Casts are read apart. */
    private static final String USES = """
            SELECT used, uses FROM (
              SELECT
                CASE d.refclassid
                  WHEN 1255 THEN (SELECT pg_catalog.concat('f', pronamespace, '.', proname)
                    FROM pg_catalog.pg_proc WHERE oid = d.refobjid
                    AND NOT pg_catalog.pg_is_other_temp_schema(pronamespace))
                  WHEN 1259 THEN (SELECT pg_catalog.concat('r', relnamespace, '.', relname)
                    FROM pg_catalog.pg_class WHERE oid = d.refobjid
                    AND relpersistence <> 't' AND relkind <> 'm')
                  WHEN 2617 THEN (SELECT pg_catalog.concat('o', oprnamespace, '.', oprname)
                    FROM pg_catalog.pg_operator WHERE oid = d.refobjid)
                  ELSE (SELECT pg_catalog.concat('t', typnamespace, '.', typname)
                    FROM pg_catalog.pg_type WHERE oid = d.refobjid) END AS used,
                CASE d.classid
                  WHEN 1255 THEN (SELECT pg_catalog.concat('f', pronamespace, '.', proname)
                    FROM pg_catalog.pg_proc WHERE oid = d.objid
                    AND NOT pg_catalog.pg_is_other_temp_schema(pronamespace))
                  WHEN 2618 THEN (SELECT pg_catalog.concat('r', c.relnamespace, '.', c.relname)
                    FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_class c ON c.oid = w.ev_class
                    WHERE w.oid = d.objid AND w.ev_type = '1' AND c.relkind <> 'm' AND c.relpersistence <> 't')
                  WHEN 3256 THEN (SELECT pg_catalog.concat('r', c.relnamespace, '.', c.relname)
                    FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid WHERE p.oid = d.objid)
                  WHEN 2617 THEN (SELECT pg_catalog.concat('o', oprnamespace, '.', oprname)
                    FROM pg_catalog.pg_operator WHERE oid = d.objid)
                  WHEN 2606 THEN (SELECT pg_catalog.concat('t', t.typnamespace, '.', t.typname)
                    FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_type t ON t.oid = c.contypid WHERE c.oid = d.objid)
                  WHEN 1247 THEN (SELECT pg_catalog.concat('t', typnamespace, '.', typname)
                    FROM pg_catalog.pg_type WHERE oid = d.objid)
                  ELSE '*' END AS uses
              FROM (SELECT DISTINCT classid, objid, refclassid, refobjid FROM pg_catalog.pg_depend
                WHERE refobjid >= 16384 AND refclassid IN (1255, 1259, 2617, 1247)
                  AND (classid IN (1255, 2618, 3256)
                    OR (classid IN (2617, 2606, 1247, 2603) AND refclassid IN (1255, 2617)))) AS d) AS u
            WHERE used IS NOT NULL AND uses IS NOT NULL""";

    /** The function of each cast, its source where that is no type of PostgreSQL's own, its target, whether that is none, and its context. */
    private static final String CASTS = """
            SELECT pg_catalog.concat('f', p.pronamespace, '.', p.proname),
              CASE WHEN s.oid >= 16384 THEN pg_catalog.concat(s.typnamespace, '.', s.typname) END,
              pg_catalog.concat(t.typnamespace, '.', t.typname), t.oid >= 16384, c.castcontext
            FROM pg_catalog.pg_cast c JOIN pg_catalog.pg_proc p ON p.oid = c.castfunc
              JOIN pg_catalog.pg_type s ON s.oid = c.castsource JOIN pg_catalog.pg_type t ON t.oid = c.casttarget
            WHERE c.oid >= 16384 AND p.oid >= 16384 AND NOT pg_catalog.pg_is_other_temp_schema(p.pronamespace)""";

    /** Where values of a user's type come from: the type, and relation, function, operator or other type with such values. */
    private static final String VALUES = """
            SELECT used, uses FROM (
              SELECT
                CASE d.refclassid
                  WHEN 1259 THEN (SELECT pg_catalog.concat('r', relnamespace, '.', relname)
                    FROM pg_catalog.pg_class WHERE oid = d.refobjid AND relpersistence <> 't')
                  ELSE (SELECT pg_catalog.concat('v', typnamespace, '.', typname)
                    FROM pg_catalog.pg_type WHERE oid = d.refobjid) END AS used,
                CASE d.classid
                  WHEN 1255 THEN (SELECT pg_catalog.concat('f', pronamespace, '.', proname)
                    FROM pg_catalog.pg_proc WHERE oid = d.objid
                    AND NOT pg_catalog.pg_is_other_temp_schema(pronamespace))
                  WHEN 1259 THEN (SELECT pg_catalog.concat('r', relnamespace, '.', relname)
                    FROM pg_catalog.pg_class WHERE oid = d.objid AND relpersistence <> 't')
                  WHEN 2617 THEN (SELECT pg_catalog.concat('o', oprnamespace, '.', oprname)
                    FROM pg_catalog.pg_operator WHERE oid = d.objid)
                  ELSE (SELECT pg_catalog.concat('v', typnamespace, '.', typname)
                    FROM pg_catalog.pg_type WHERE oid = d.objid) END AS uses
              FROM (SELECT DISTINCT classid, objid, refclassid, refobjid FROM pg_catalog.pg_depend
                WHERE refobjid >= 16384 AND ((refclassid = 1247 AND classid IN (1255, 1259, 1247, 2617))
                  OR (refclassid = 1259 AND classid = 1247))) AS d) AS u
            WHERE used IS NOT NULL AND uses IS NOT NULL""";

    private static final String FUNCTIONS = """
            SELECT proname, oid, xmin, pronamespace FROM pg_catalog.pg_proc
            WHERE oid >= 16384 AND NOT pg_catalog.pg_is_other_temp_schema(pronamespace) ORDER BY oid""";

    /** Sequences, which run ahead on a standby, and unlogged tables, of which it has nothing. */
    private static final String RELATIONS = """
            SELECT pg_catalog.concat('r', relnamespace, '.', relname), relkind FROM pg_catalog.pg_class
            WHERE oid >= 16384 AND relpersistence <> 't'
              AND (relkind = 'S' OR relpersistence = 'u') AND relkind IN ('S', 'r', 'p', 'm')""";

    /** Behind all that the snapshot has seen: on a standby what was received, of which not all is replayed. */
    private static final String POSITION = """
            SELECT CASE WHEN pg_catalog.pg_is_in_recovery()
              THEN greatest(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn())
              ELSE pg_catalog.pg_current_wal_insert_lsn() END""";

    private final RouteRules rules;
    private final Pipe pipe;
    private final Dependencies dependencies = new Dependencies();

    /** What a word of a source may stand for, by the hash of the word. */
    private final Map<Integer, Set<String>> meanings = new HashMap<>();

    /** The functions that are not PostgreSQL's own: by name the transaction that has written the row with this oid. */
    private final Map<String, Map<Long, String>> versions = new HashMap<>();

    private final Set<String> functions = new HashSet<>();

    /** By their oids. */
    private final Map<String, String> schemas = new HashMap<>();

    private final Map<String, Suspect> roots = new HashMap<>();
    private final Map<String, Suspect> unlogged = new HashMap<>();
    private OfServer server = new OfServer(FunctionNames.NONE, FunctionNames.NONE);
    private boolean converts;

    Assessment(RouteRules rules, Pipe pipe) {
        this.rules = rules;
        this.pipe = pipe;
    }

    /** What the administrator has named. */
    static Suspects ofRules(RouteRules rules) {
        return Suspects.of(named(rules), false);
    }

    private static Map<String, Suspect> named(RouteRules rules) {
        return rules.writerFunctions().stream()
                .distinct()
                .collect(Collectors.toMap(
                        name -> name, name -> new Suspect(Traits.WRITER | Traits.MAY_WRITE, List.of())));
    }

    Findings run() throws IOException, QueryException {
        server = ServerNames.of(pipe);
        each(SCHEMAS, row -> schemas.put(row.get(0), row.get(1)));
        each(FUNCTIONS, row -> {
            versions.computeIfAbsent(row.get(0), name -> new HashMap<>(2)).put(Long.valueOf(row.get(1)), row.get(2));
            String function = ObjectKey.of(ObjectKey.FUNCTION, row.get(3) + "." + row.get(0));
            functions.add(function);
            means(function);
        });
        each(USES, row -> uses(row.get(0), row.get(1)));
        each(CASTS, row -> cast(row.get(0), row));
        if (converts) {
            each(VALUES, row -> values(row.get(0), row.get(1)));
        }
        each(RELATIONS, row -> relation(row.get(0), row.get(1)));
        each(bodies(), this::function);
        return new Findings(new Findings.Contents(named(rules), unlogged, roots, dependencies, schemas, functions()));
    }

    private Functions functions() throws IOException, QueryException {
        Map<String, Set<String>> uses = new HashMap<>();
        dependencies.forEach((user, used) -> uses.computeIfAbsent(ObjectKey.kindAndName(user), name -> new HashSet<>(2))
                .add(ObjectKey.kindAndName(used)));
        Set<String> views = dependencies.reaching(functions).stream()
                .filter(object -> ObjectKey.kind(object) == ObjectKey.RELATION)
                .map(ObjectKey::name)
                .collect(Collectors.toSet());
        Optional<Lsn> position = OwnQuery.firstRow(pipe, POSITION).getFirst().flatMap(Lsn::parse);
        return new Functions(server, versions, views, uses, position);
    }

    private void means(String object) {
        meanings.computeIfAbsent(Suspects.hash(ObjectKey.name(object)), hash -> new HashSet<>(2))
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
     * The function of a cast is called where a value has one of its types. A type of PostgreSQL's own any text may have: then it is called
     * by naming the target, or without any name.
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

    /** A text that names a type may make a value of it, and a relation is a type of its rows. */
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
        Suspect suspect = new Suspect(Traits.WRITER | Traits.AS_RELATION, List.of());
        if (kind.equals("S")) {
            roots.put(relation, suspect);
            means(relation);
        } else {
            unlogged.put(relation, suspect);
        }
    }

    /** Since version 14 a function can have a parsed body in the place of its source. */
    private String sqlBody() {
        return pipe.majorVersion() < SQL_BODIES_SINCE
                ? "''"
                : "coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), '')";
    }

    private String bodies() {
        return """
            SELECT place, lanname, provolatile,
              CASE WHEN pg_catalog.octet_length(source) <= %1$d AND pg_catalog.octet_length(body) <= %1$d
                THEN source || ' ' || body END,
              leaves, prosecdef OR poses, path
            FROM (SELECT pg_catalog.concat(p.pronamespace, '.', p.proname) AS place, l.lanname, p.provolatile, p.prosecdef,
                CASE WHEN l.lanname IN ('c', 'internal') THEN '' ELSE coalesce(p.prosrc, '') END AS source, %2$s AS body,
                EXISTS (SELECT FROM pg_catalog.unnest(p.proconfig) AS c
                  WHERE pg_catalog.strpos(pg_catalog.split_part(c, '=', 1), '.') > 0) AS leaves,
                EXISTS (SELECT FROM pg_catalog.unnest(p.proconfig) AS c
                  WHERE pg_catalog.split_part(c, '=', 1) IN ('role', 'session_authorization')) AS poses,
                (SELECT pg_catalog.substr(c, 13) FROM pg_catalog.unnest(p.proconfig) AS c
                  WHERE pg_catalog.strpos(c, 'search_path=') = 1 LIMIT 1) AS path
              FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
              WHERE p.oid >= 16384 AND p.prokind <> 'a'
                AND NOT pg_catalog.pg_is_other_temp_schema(p.pronamespace)) AS f""".formatted(LONGEST_SOURCE, sqlBody());
    }

    private void function(List<String> row) {
        String object = ObjectKey.of(ObjectKey.FUNCTION, row.get(0));
        if (row.get(3) == null) {
            roots.merge(object, UNREAD, Dependencies::either);
            return;
        }
        byte[] source = row.get(3).getBytes(StandardCharsets.UTF_8);
        FunctionBody body = FunctionBody.read(source, 0, source.length);
        long traits = traits(row.get(1), row.get(2), body) | (row.get(4).equals("t") ? Traits.LEAVES : 0);
        if (traits != 0) {
            roots.merge(object, new Suspect(traits, List.copyOf(body.settings())), Dependencies::either);
        }
        boolean moves = traits != 0 || row.get(5).equals("t");
        Sight sight = new Sight(body, moves, Optional.ofNullable(row.get(6)));
        for (int word : body.names()) {
            meanings.getOrDefault(word, Set.of())
                    .forEach(used -> sight.of(used).ifPresent(how -> dependencies.add(object, used, how)));
        }
        body.calls().stream()
                .filter(this::isUnknown)
                .forEach(call -> dependencies.add(object, ObjectKey.functionToCome(call), Use.ANYWHERE));
    }

    /** Where a function looks for the names in its source. */
    private final class Sight {
        private final FunctionBody body;

        /** It may look anywhere: it works as another user, or sets something itself. */
        private final boolean everywhere;

        /** That of its own, for as long as it runs. */
        private final Optional<SearchPath> path;

        Sight(FunctionBody body, boolean moves, Optional<String> path) {
            this.body = body;
            this.path = moves ? Optional.empty() : path.flatMap(value -> SearchPath.of(value, Optional.empty()));
            this.everywhere = this.path.isEmpty() && (moves || path.isPresent());
        }

        /** How it finds an object that has one of its words for a name; empty where it does not. */
        Optional<Use> of(String object) {
            if (everywhere) {
                return Optional.of(Use.ANYWHERE);
            }
            String schema = schemas.getOrDefault(ObjectKey.schema(object), "");
            boolean named = body.names().contains(Suspects.hash(schema));
            if (path.isPresent()) {
                return named || path.get().schemas().contains(schema) ? Optional.of(Use.ANYWHERE) : Optional.empty();
            }
            return Optional.of(named ? Use.BOUND : Use.BY_PATH);
        }
    }

    /** It may be made later. */
    private boolean isUnknown(String call) {
        return !server.functions().has(call) && !server.keywords().has(call) && !versions.containsKey(call);
    }

    private long traits(String language, String volatility, FunctionBody body) {
        boolean byRule = rules.functions() == FunctionRule.VOLATILE && volatility.equals("v");
        boolean unjudged = !JUDGED.contains(language) && !COMPILED.contains(language);
        long always = byRule || unjudged ? Traits.WRITER | Traits.MAY_WRITE : 0;
        return always | (unjudged ? Traits.LEAVES : 0) | body.traits();
    }

    /** Takes one row; NULL is null. */
    private interface Row {
        void take(List<String> values);
    }

    private void each(String sql, Row row) throws IOException, QueryException {
        OwnQuery.forEach(pipe, sql, values -> row.take(values(values)));
    }

    private static List<String> values(List<Optional<String>> row) {
        List<String> values = new ArrayList<>(row.size());
        row.forEach(value -> values.add(value.orElse(null)));
        return values;
    }
}
