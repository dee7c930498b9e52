package pgrouter.catalog;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import pgrouter.backend.OwnQuery;
import pgrouter.backend.Pipe;
import pgrouter.backend.QueryException;
import pgrouter.config.FunctionRule;
import pgrouter.config.RouteRules;
import pgrouter.routing.FunctionBody;
import pgrouter.routing.Suspects;
import pgrouter.routing.Suspects.Suspect;
import pgrouter.routing.Traits;

/** One reading of a database's catalog: its functions by their sources, and what is built on the suspicious ones. */
final class Assessment {
    /** Languages whose functions do nothing but run SQL, which the standby judges, or are part of the server. */
    private static final Set<String> JUDGED = Set.of("sql", "plpgsql");

    private static final Set<String> COMPILED = Set.of("c", "internal");
    private static final int SQL_BODIES_SINCE = 14;

    private final RouteRules rules;
    private final Pipe pipe;
    private final Map<String, Function> functions = new HashMap<>();
    private final Map<String, Suspect> names = new HashMap<>();

    private record Function(String oid, String name, FunctionBody body) {}

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
        Map<String, Suspect> suspicious = new HashMap<>();
        readFunctions(suspicious);
        spread(suspicious);
        suspicious.forEach((oid, suspect) -> add(functions.get(oid).name(), suspect));
        readDependents(suspicious);
        boolean unlogged = readRelations();
        return Suspects.of(names, unlogged);
    }

    private void readFunctions(Map<String, Suspect> suspicious) throws IOException, QueryException {
        for (List<Optional<String>> row : rows("""
                SELECT p.oid, p.proname, l.lanname, p.provolatile, p.prosrc%s
                FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
                WHERE p.oid >= 16384 AND p.prokind <> 'a'""".formatted(sqlBody()))) {
            String language = row.get(2).orElse("");
            byte[] source = row.get(4).orElse("").getBytes(StandardCharsets.UTF_8);
            FunctionBody body = COMPILED.contains(language)
                    ? new FunctionBody(0, Set.of(), Set.of())
                    : FunctionBody.read(source, 0, source.length);
            Function function =
                    new Function(row.get(0).orElseThrow(), row.get(1).orElseThrow(), body);
            functions.put(function.oid(), function);
            long traits = traits(language, row.get(3).orElse(""), body);
            if (traits != 0) {
                suspicious.put(function.oid(), new Suspect(traits, List.copyOf(body.settings())));
            }
        }
    }

    /** Since version 14 a function can have a parsed body in the place of its source. */
    private String sqlBody() {
        String version = pipe.parameters().getOrDefault("server_version", "0");
        int major = Integer.parseInt(version.replaceAll("\\D.*", ""));
        return major < SQL_BODIES_SINCE ? "" : " || coalesce(' ' || pg_catalog.pg_get_function_sqlbody(p.oid), '')";
    }

    private long traits(String language, String volatility, FunctionBody body) {
        boolean byRule = rules.functions() == FunctionRule.VOLATILE && volatility.equals("v");
        boolean unjudged = !JUDGED.contains(language) && !COMPILED.contains(language);
        long always = byRule || unjudged ? Traits.WRITER | Traits.MAY_WRITE : 0;
        return always | body.traits();
    }

    /** A function that names a suspicious one is suspicious itself, and so on. */
    private void spread(Map<String, Suspect> suspicious) {
        Map<Integer, Suspect> byName = new HashMap<>();
        suspicious.forEach(
                (oid, suspect) -> byName.merge(Suspects.hash(functions.get(oid).name()), suspect, Assessment::either));
        boolean grown = !byName.isEmpty();
        while (grown) {
            grown = false;
            for (Function function : functions.values()) {
                Suspect now = suspicious.get(function.oid());
                Suspect then = function.body().names().stream()
                        .map(byName::get)
                        .filter(called -> called != null)
                        .reduce(now == null ? new Suspect(0, List.of()) : now, Assessment::either);
                if (then.traits() != 0 && !then.equals(now)) {
                    suspicious.put(function.oid(), then);
                    byName.merge(Suspects.hash(function.name()), then, Assessment::either);
                    grown = true;
                }
            }
        }
    }

    private static Suspect either(Suspect one, Suspect other) {
        if (other.traits() == (one.traits() & other.traits()) && one.settings().containsAll(other.settings())) {
            return one;
        }
        Set<String> settings = new TreeSet<>(one.settings());
        settings.addAll(other.settings());
        return new Suspect(one.traits() | other.traits(), new ArrayList<>(settings));
    }

    /** Views, policies and aggregates over suspicious functions, by the names of their relations and functions. */
    private void readDependents(Map<String, Suspect> suspicious) throws IOException, QueryException {
        if (suspicious.isEmpty()) {
            return;
        }
        String roots = String.join(",", suspicious.keySet());
        for (List<Optional<String>> row : rows("""
                WITH RECURSIVE built(root, class, object) AS (
                  SELECT oid, 1255::oid, oid FROM pg_catalog.pg_proc WHERE oid IN (%s)
                  UNION
                  SELECT b.root,
                    CASE WHEN d.classid IN (2618, 3256) THEN 1259::oid ELSE d.classid END,
                    CASE d.classid WHEN 2618 THEN (SELECT ev_class FROM pg_catalog.pg_rewrite WHERE oid = d.objid)
                      WHEN 3256 THEN (SELECT polrelid FROM pg_catalog.pg_policy WHERE oid = d.objid)
                      ELSE d.objid END
                  FROM built b JOIN pg_catalog.pg_depend d ON d.refclassid = b.class AND d.refobjid = b.object
                  WHERE d.classid IN (1255, 2618, 3256) AND d.deptype = 'n')
                SELECT b.root, coalesce(c.relname, p.proname) FROM built b
                LEFT JOIN pg_catalog.pg_class c ON b.class = 1259 AND c.oid = b.object AND c.relkind <> 'm'
                LEFT JOIN pg_catalog.pg_proc p ON b.class = 1255 AND p.oid = b.object AND p.oid <> b.root
                WHERE c.oid IS NOT NULL OR p.oid IS NOT NULL""".formatted(roots))) {
            add(row.get(1).orElseThrow(), suspicious.get(row.get(0).orElseThrow()));
        }
    }

    /** Sequences, which run ahead on a standby, and unlogged tables, of which it has nothing. */
    private boolean readRelations() throws IOException, QueryException {
        boolean unlogged = false;
        for (List<Optional<String>> row : rows("""
                SELECT relname, relkind FROM pg_catalog.pg_class
                WHERE oid >= 16384 AND (relkind = 'S' OR relpersistence = 'u') AND relkind IN ('S', 'r', 'p', 'm')""")) {
            boolean sequence = row.get(1).orElse("").equals("S");
            unlogged |= !sequence;
            add(row.get(0).orElseThrow(), new Suspect(Traits.WRITER | Traits.AS_RELATION, List.of()));
        }
        return unlogged;
    }

    /** A name that is a relation here and a function there counts wherever it stands. */
    private void add(String name, Suspect suspect) {
        names.merge(name, suspect, Assessment::merged);
    }

    private static Suspect merged(Suspect one, Suspect other) {
        boolean relations = Traits.has(one.traits() & other.traits(), Traits.AS_RELATION);
        Suspect both = either(one, other);
        return new Suspect(relations ? both.traits() : both.traits() & ~Traits.AS_RELATION, both.settings());
    }

    private List<List<Optional<String>>> rows(String sql) throws IOException, QueryException {
        return OwnQuery.rows(pipe, sql);
    }
}
