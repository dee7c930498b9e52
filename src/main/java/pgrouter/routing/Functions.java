package pgrouter.routing;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import pgrouter.cluster.Lsn;
import pgrouter.routing.Tokens.Kind;

/** The functions of one database by their names, as one reading has found them. Any thread. */
public final class Functions {
    /** The maximum number of functions that names may reach; a request that can reach more goes to the primary. */
    private static final int MOST_NAMES = 200;

    private static final int MOST_CHECKS = 1000;

    private final FunctionNames server;
    private final FunctionNames keywords;
    private final FunctionNames users;
    private final FunctionNames views;
    private final FunctionNames hiddenFunctions;
    private final FunctionNames hiddenViews;
    private final Map<String, Map<Long, String>> versions;
    private final Map<String, Set<String>> uses;
    private final Optional<Lsn> position;

    /** Checks by the names in a text; each is made when it is first needed. */
    private final Map<Set<String>, Optional<FunctionCheck>> checks;

    /** The kind of a callee. */
    enum Callee {
        /** A function of PostgreSQL's own, or a keyword. */
        SERVERS,
        /** Possibly a function of a user. */
        USERS,
        /** Unknown: it was made since the catalog was read, or does not exist. */
        UNKNOWN
    }

    /**
     * The functions and keywords of PostgreSQL itself.
     *
     * @param keywords words before a parenthesis that are no function where they have neither a schema nor quotes
     */
    public record OfServer(FunctionNames functions, FunctionNames keywords) {}

    /**
     * @param versions of the functions of users: by name and oid, the transaction that has written the row
     * @param views relations whose use calls functions of users
     * @param uses the objects on which each of them is built; a name after the letter {@code f} is that of a function,
     *     or of one that does not exist
     * @param position the server's position at the reading, or a later one
     */
    public Functions(
            OfServer server,
            Map<String, Map<Long, String>> versions,
            Set<String> views,
            Map<String, Set<String>> uses,
            Optional<Lsn> position) {
        this.server = server.functions();
        this.keywords = server.keywords();
        this.users = FunctionNames.of(versions.keySet());
        this.views = FunctionNames.of(views);
        this.versions = Map.copyOf(versions);
        this.uses = Map.copyOf(uses);
        this.position = position;
        this.hiddenFunctions = FunctionNames.NONE;
        this.hiddenViews = FunctionNames.NONE;
        this.checks = new ConcurrentHashMap<>();
    }

    private Functions(Functions all, FunctionNames hiddenFunctions, FunctionNames hiddenViews) {
        this.server = all.server;
        this.keywords = all.keywords;
        this.users = all.users;
        this.views = all.views;
        this.versions = all.versions;
        this.uses = all.uses;
        this.position = all.position;
        this.checks = all.checks;
        this.hiddenFunctions = hiddenFunctions;
        this.hiddenViews = hiddenViews;
    }

    /**
     * The same for sessions that find some of them only with their schemas.
     *
     * @param functions names that without a schema mean PostgreSQL's own functions only
     * @param views names that without a schema mean other relations, or none
     */
    public Functions without(Set<String> functions, Set<String> views) {
        return functions.isEmpty() && views.isEmpty()
                ? this
                : new Functions(this, FunctionNames.of(functions), FunctionNames.of(views));
    }

    /** Whether PostgreSQL itself has a function of this name. */
    public boolean areServers(String name) {
        return server.has(name);
    }

    /**
     * @param kind of the token just read, a WORD or QUOTED, before a parenthesis
     * @param qualified whether there is a schema before it
     * @param ofServer whether that schema is one of PostgreSQL's own
     */
    Callee callee(Tokens tokens, Kind kind, boolean qualified, boolean ofServer) {
        if (tokens.isIn(users, kind) && (qualified || !tokens.isIn(hiddenFunctions, kind))) {
            return Callee.USERS;
        }
        boolean known = (!qualified || ofServer) && tokens.isIn(server, kind);
        boolean keyword = !known && !qualified && kind == Kind.WORD && tokens.isIn(keywords, kind);
        return known || keyword ? Callee.SERVERS : Callee.UNKNOWN;
    }

    /** Whether the token just read may name a relation whose use calls functions of users. */
    boolean isView(Tokens tokens, Kind kind, boolean qualified) {
        return tokens.isIn(views, kind) && (qualified || !tokens.isIn(hiddenViews, kind));
    }

    /** The position that a standby must have replayed: with less it may have older functions than those that were read. */
    public Optional<Lsn> position() {
        return position;
    }

    /** Whether another reading has found the same. */
    public boolean isSame(Functions other) {
        return this == other
                || (hiddenFunctions.equals(other.hiddenFunctions)
                        && hiddenViews.equals(other.hiddenViews)
                        && versions.equals(other.versions)
                        && uses.equals(other.uses)
                        && views.equals(other.views));
    }

    /**
     * Returns the check of all functions that these names can reach.
     *
     * @param names after the letter {@code f} of functions, after {@code r} of relations
     * @return empty where there are too many
     */
    public Optional<FunctionCheck> check(Collection<String> names) {
        Set<String> key = Set.copyOf(names);
        Optional<FunctionCheck> known = checks.get(key);
        if (known != null) {
            return known;
        }
        if (checks.size() >= MOST_CHECKS) {
            checks.clear();
        }
        Optional<FunctionCheck> made = reached(key).map(this::checkOf);
        checks.put(key, made);
        return made;
    }

    private Optional<Set<String>> reached(Set<String> names) {
        Set<String> seen = new HashSet<>(names);
        Set<String> functions = new TreeSet<>();
        Deque<String> next = new ArrayDeque<>(names);
        while (!next.isEmpty() && functions.size() <= MOST_NAMES) {
            String object = next.poll();
            if (object.charAt(0) == 'f') {
                functions.add(object.substring(1));
            }
            uses.getOrDefault(object, Set.of()).stream().filter(seen::add).forEach(next::add);
        }
        return functions.size() > MOST_NAMES ? Optional.empty() : Optional.of(functions);
    }

    private FunctionCheck checkOf(Set<String> names) {
        Map<Long, String> rows = new TreeMap<>();
        names.forEach(name -> rows.putAll(versions.getOrDefault(name, Map.of())));
        StringBuilder expected = new StringBuilder();
        rows.forEach((oid, version) -> expected.append(expected.isEmpty() ? "" : ",")
                .append(oid)
                .append(':')
                .append(version));
        return FunctionCheck.of(names, expected.toString());
    }
}
