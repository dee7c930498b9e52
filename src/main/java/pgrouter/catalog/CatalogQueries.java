package pgrouter.catalog;

/**
 * The queries of one reading of a catalog. They return objects as {@link ObjectKey}s, and leave out those in the
 * temporary schemas of other sessions.
 */
final class CatalogQueries {
    /** The longest source that is read, in bytes; a longer one is suspicious. */
    private static final int LONGEST_SOURCE = 128 * 1024;

    private static final int SQL_BODIES_SINCE = 14;

    static final String SCHEMAS = """
            SELECT oid, nspname FROM pg_catalog.pg_namespace
            WHERE pg_catalog.strpos(nspname, 'pg_temp_') <> 1 AND pg_catalog.strpos(nspname, 'pg_toast') <> 1""";

    /** Used object and user, as an {@link ObjectKey} each. Casts are read by a query of their own. */
    static final String USES = """
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

    /**
     * The casts: function; its source type, where that is not PostgreSQL's own; its target type; whether that is a type
     * of a user; its context.
     */
    static final String CASTS = """
            SELECT pg_catalog.concat('f', p.pronamespace, '.', p.proname),
              CASE WHEN s.oid >= 16384 THEN pg_catalog.concat(s.typnamespace, '.', s.typname) END,
              pg_catalog.concat(t.typnamespace, '.', t.typname), t.oid >= 16384, c.castcontext
            FROM pg_catalog.pg_cast c JOIN pg_catalog.pg_proc p ON p.oid = c.castfunc
              JOIN pg_catalog.pg_type s ON s.oid = c.castsource JOIN pg_catalog.pg_type t ON t.oid = c.casttarget
            WHERE c.oid >= 16384 AND p.oid >= 16384 AND NOT pg_catalog.pg_is_other_temp_schema(p.pronamespace)""";

    /** Where values of a user's type come from: the type, and a relation, function, operator or other type with such values. */
    static final String VALUES = """
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

    static final String FUNCTIONS = """
            SELECT proname, oid, xmin, pronamespace FROM pg_catalog.pg_proc
            WHERE oid >= 16384 AND NOT pg_catalog.pg_is_other_temp_schema(pronamespace) ORDER BY oid""";

    /** Sequences, which run ahead on a standby, and unlogged tables, which are empty there. */
    static final String RELATIONS = """
            SELECT pg_catalog.concat('r', relnamespace, '.', relname), relkind FROM pg_catalog.pg_class
            WHERE oid >= 16384 AND relpersistence <> 't'
              AND (relkind = 'S' OR relpersistence = 'u') AND relkind IN ('S', 'r', 'p', 'm')""";

    /** A WAL position after all that the snapshot has seen. On a standby: the position received, of which not all is replayed. */
    static final String POSITION = """
            SELECT CASE WHEN pg_catalog.pg_is_in_recovery()
              THEN greatest(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn())
              ELSE pg_catalog.pg_current_wal_insert_lsn() END""";

    private CatalogQueries() {}

    /** The parsed body of a function, which it can have instead of a source since version 14. */
    private static String sqlBody(int majorVersion) {
        return majorVersion < SQL_BODIES_SINCE ? "''" : "coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), '')";
    }

    /**
     * The functions of users: the oid of the schema, dot and name; language; volatility; source, or null where it is
     * too long; whether it sets a parameter with a dot in its name; whether it works as another user; its own
     * search_path.
     */
    static String bodies(int majorVersion) {
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
                AND NOT pg_catalog.pg_is_other_temp_schema(p.pronamespace)) AS f""".formatted(LONGEST_SOURCE, sqlBody(majorVersion));
    }
}
