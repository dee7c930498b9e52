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
import pgrouter.cluster.Lsn;
import pgrouter.config.FunctionRule;
import pgrouter.config.RouteRules;
import pgrouter.routing.FunctionBody;
import pgrouter.routing.FunctionNames;
import pgrouter.routing.Functions;
import pgrouter.routing.Functions.OfServer;
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

    /** Operators that words stand for: IN, BETWEEN, LIKE, CASE, USING, ORDER BY and the like. */
    private static final Set<String> UNNAMED_OPERATORS =
            Set.of("=", "<>", "<", ">", "<=", ">=", "~~", "~~*", "!~~", "!~~*", "~", "!~");

    private static final Suspect UNREAD = new Suspect(
            Traits.WRITER
                    | Traits.MAY_WRITE
                    | Traits.ADVISORY
                    | Traits.TEMPORARY
                    | Traits.UNKNOWN_STATE
                    | Traits.LEAVES,
            List.of());

    /** The kinds of objects, by the letter before their names in {@link #dependencies}. */
    private static final String USES = """
            SELECT used, uses FROM (
              SELECT
                CASE d.refclassid
                  WHEN 1255 THEN (SELECT 'f' || proname FROM pg_catalog.pg_proc WHERE oid = d.refobjid
                    AND NOT pg_catalog.pg_is_other_temp_schema(pronamespace))
                  WHEN 1259 THEN (SELECT 'r' || relname FROM pg_catalog.pg_class WHERE oid = d.refobjid
                    AND relpersistence <> 't' AND relkind <> 'm')
                  WHEN 2617 THEN (SELECT 'o' || oprname FROM pg_catalog.pg_operator WHERE oid = d.refobjid)
                  ELSE (SELECT 't' || typname FROM pg_catalog.pg_type WHERE oid = d.refobjid) END AS used,
                CASE d.classid
                  WHEN 1255 THEN (SELECT 'f' || proname FROM pg_catalog.pg_proc WHERE oid = d.objid
                    AND NOT pg_catalog.pg_is_other_temp_schema(pronamespace))
                  WHEN 2618 THEN (SELECT 'r' || c.relname FROM pg_catalog.pg_rewrite w
                    JOIN pg_catalog.pg_class c ON c.oid = w.ev_class
                    WHERE w.oid = d.objid AND w.ev_type = '1' AND c.relkind <> 'm' AND c.relpersistence <> 't')
                  WHEN 3256 THEN (SELECT 'r' || c.relname FROM pg_catalog.pg_policy p
                    JOIN pg_catalog.pg_class c ON c.oid = p.polrelid WHERE p.oid = d.objid)
                  WHEN 2617 THEN (SELECT 'o' || oprname FROM pg_catalog.pg_operator WHERE oid = d.objid)
                  WHEN 2606 THEN (SELECT 't' || t.typname FROM pg_catalog.pg_constraint c
                    JOIN pg_catalog.pg_type t ON t.oid = c.contypid WHERE c.oid = d.objid)
                  WHEN 2605 THEN (SELECT CASE c.castcontext WHEN 'e' THEN 't' || t.typname ELSE '*' END
                    FROM pg_catalog.pg_cast c JOIN pg_catalog.pg_type t ON t.oid = c.casttarget WHERE c.oid = d.objid)
                  WHEN 1247 THEN (SELECT 't' || typname FROM pg_catalog.pg_type WHERE oid = d.objid)
                  ELSE '*' END AS uses
              FROM (SELECT DISTINCT classid, objid, refclassid, refobjid FROM pg_catalog.pg_depend
                WHERE refobjid >= 16384 AND refclassid IN (1255, 1259, 2617, 1247)
                  AND (classid IN (1255, 2618, 3256)
                    OR (classid IN (2617, 2605, 2606, 1247, 2603) AND refclassid IN (1255, 2617)))) AS d) AS u
            WHERE used IS NOT NULL AND uses IS NOT NULL""";

    private static final String FUNCTIONS = """
            SELECT proname, oid, xmin FROM pg_catalog.pg_proc
            WHERE oid >= 16384 AND NOT pg_catalog.pg_is_other_temp_schema(pronamespace) ORDER BY oid""";

    /** Sequences, which run ahead on a standby, and unlogged tables, of which it has nothing. */
    private static final String RELATIONS = """
            SELECT relname, relkind FROM pg_catalog.pg_class
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

    private final Map<String, Suspect> roots = new HashMap<>();
    private final Map<String, Suspect> names = new HashMap<>();
    private final Map<String, Suspect> operators = new HashMap<>();
    private OfServer server = new OfServer(FunctionNames.NONE, FunctionNames.NONE);
    private boolean unlogged;
    private boolean anywhere;

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

    Suspects run() throws IOException, QueryException {
        names.putAll(named(rules));
        server = ServerNames.of(pipe);
        each(FUNCTIONS, row -> {
            versions.computeIfAbsent(row.get(0), name -> new HashMap<>(2)).put(Long.valueOf(row.get(1)), row.get(2));
            means("f" + row.get(0));
        });
        each(USES, row -> uses(row.get(0), row.get(1)));
        each(RELATIONS, row -> relation(row.get(0), row.get(1)));
        each(bodies(), this::function);
        dependencies.spread(roots).forEach(this::found);
        return Suspects.of(names, operators, unlogged, anywhere).among(functions());
    }

    private Functions functions() throws IOException, QueryException {
        Set<String> all = versions.keySet().stream().map(name -> "f" + name).collect(Collectors.toSet());
        Set<String> views = dependencies.reaching(all).stream()
                .filter(object -> object.charAt(0) == 'r')
                .map(object -> object.substring(1))
                .collect(Collectors.toSet());
        Optional<Lsn> position = OwnQuery.firstRow(pipe, POSITION).getFirst().flatMap(Lsn::parse);
        return new Functions(server, versions, views, dependencies.uses(), position);
    }

    private void means(String object) {
        meanings.computeIfAbsent(Suspects.hash(object.substring(1)), hash -> new HashSet<>(2))
                .add(object);
    }

    private void uses(String used, String user) {
        dependencies.add(user, used);
        if (user.length() > 1 && user.charAt(0) != 'o') {
            means(user);
        }
    }

    private void relation(String name, String kind) {
        Suspect suspect = new Suspect(Traits.WRITER | Traits.AS_RELATION, List.of());
        if (kind.equals("S")) {
            roots.put("r" + name, suspect);
            means("r" + name);
        } else {
            unlogged = true;
            add(name, suspect);
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
            SELECT proname, lanname, provolatile,
              CASE WHEN pg_catalog.octet_length(source) <= %1$d AND pg_catalog.octet_length(body) <= %1$d
                THEN source || ' ' || body END,
              leaves
            FROM (SELECT p.proname, l.lanname, p.provolatile,
                CASE WHEN l.lanname IN ('c', 'internal') THEN '' ELSE coalesce(p.prosrc, '') END AS source, %2$s AS body,
                EXISTS (SELECT FROM pg_catalog.unnest(p.proconfig) AS c
                  WHERE pg_catalog.strpos(pg_catalog.split_part(c, '=', 1), '.') > 0) AS leaves
              FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
              WHERE p.oid >= 16384 AND p.prokind <> 'a'
                AND NOT pg_catalog.pg_is_other_temp_schema(p.pronamespace)) AS f""".formatted(LONGEST_SOURCE, sqlBody());
    }

    private void function(List<String> row) {
        String object = "f" + row.get(0);
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
        for (int word : body.names()) {
            meanings.getOrDefault(word, Set.of()).forEach(used -> dependencies.add(object, used));
        }
        body.calls().stream().filter(this::isUnknown).forEach(call -> dependencies.add(object, "f" + call));
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

    private void found(String object, Suspect suspect) {
        String name = object.substring(1);
        switch (object.charAt(0)) {
            case '*' -> anywhere = true;
            case 'o' -> {
                operators.put(name, suspect);
                anywhere |= UNNAMED_OPERATORS.contains(name);
            }
            default -> add(name, suspect);
        }
    }

    /** A name that is a relation here and a function there counts wherever it stands. */
    private void add(String name, Suspect suspect) {
        names.merge(name, suspect, Assessment::merged);
    }

    private static Suspect merged(Suspect one, Suspect other) {
        boolean relations = Traits.has(one.traits() & other.traits(), Traits.AS_RELATION);
        Suspect both = Dependencies.either(one, other);
        return new Suspect(relations ? both.traits() : both.traits() & ~Traits.AS_RELATION, both.settings());
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
