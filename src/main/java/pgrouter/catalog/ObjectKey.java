package pgrouter.catalog;

/**
 * The key of a database object in the dependencies: a letter for its kind, the oid of its schema, a dot, and its name.
 * Objects of the same kind, schema and name share a key, as functions of different parameters do.
 */
final class ObjectKey {
    static final char FUNCTION = 'f';
    static final char RELATION = 'r';
    static final char OPERATOR = 'o';

    /** A type, where a text names it. */
    static final char TYPE = 't';

    /** The values of a type, named or not. */
    static final char VALUES = 'v';

    /** The key of objects that a text reaches without naming them. */
    static final String ANYWHERE = "*";

    /** The schema of a name that does not exist yet. */
    private static final String NO_SCHEMA = "0.";

    private ObjectKey() {}

    /** @param place oid of the schema, dot and name */
    static String of(char kind, String place) {
        return kind + place;
    }

    static String functionToCome(String name) {
        return FUNCTION + NO_SCHEMA + name;
    }

    static char kind(String key) {
        return key.charAt(0);
    }

    /** The oid of the schema. */
    static String schema(String key) {
        return key.substring(1, key.indexOf('.'));
    }

    static String name(String key) {
        return key.substring(key.indexOf('.') + 1);
    }

    /** The key without the schema. */
    static String kindAndName(String key) {
        return kind(key) + name(key);
    }
}
