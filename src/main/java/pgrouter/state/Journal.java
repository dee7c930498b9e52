package pgrouter.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import pgrouter.backend.PathAtLogin;
import pgrouter.client.Memory;
import pgrouter.routing.PlainSettings;
import pgrouter.routing.SearchPath;
import pgrouter.routing.StateTraits;

/**
 * The state of one session on the server, as the server itself reports it. Possible changes of a request are noted,
 * and when the transaction is over, the server is asked for them on the connection where the request ran. So a
 * rollback, a savepoint or a function needs no model here. Client thread only.
 *
 * <p>Parameters are kept by their last value, which any new connection is given. State that another connection cannot
 * be given pins the session.
 */
public final class Journal {
    private static final String ISOLATION = "default_transaction_isolation";
    private static final String READ_ONLY = "default_transaction_read_only";
    private static final String AUTHORIZATION = StateDiff.AUTHORIZATION;
    private static final String ROLE = StateDiff.ROLE;
    private static final String NO_ROLE = "none";
    private static final String SEARCH_PATH = "search_path";

    /** The most parameters that are followed; a session that sets more stays on its writer. */
    private static final int MOST_SETTINGS = 1000;

    /**
     * The bytes of settings for which there is always room: a session that can prepare no more statements can still
     * be told its search_path.
     */
    private static final long SMALL = 16 * 1024;

    private final Map<String, Optional<String>> atLogin = new TreeMap<>();
    private final Map<String, Optional<String>> settings = new TreeMap<>();
    private final Set<String> staleSettings = new TreeSet<>();
    private final Set<String> staleStatements = new TreeSet<>();
    private final EnumSet<Pin> stalePins = EnumSet.noneOf(Pin.class);
    private final EnumSet<Pin> pins = EnumSet.noneOf(Pin.class);

    /**
     * Whether something was done that DISCARD ALL may not undo: the server keeps the name of a parameter with a dot
     * in its name.
     */
    private boolean lasting;

    /** Whether a text has run that pgrouter has not seen: it may have set a parameter that is not followed. */
    private boolean unseen;

    /** The number of times that the parameters may have changed. */
    private int version;

    private final Memory.OfSession memory;

    /** The number of bytes of the parameters and names that are kept here. */
    private long bytes;

    /** @param memory that counts these bytes */
    public Journal(Memory.OfSession memory) {
        this.memory = memory;
    }

    /** A prepared statement as the server lists it; one that is deallocated is not in the list. */
    public record Prepared(String name, boolean bySql, String text) {}

    /** Notes a setting that is valid from the start, since the backends were opened with it. */
    public void startedWith(String setting, String value) {
        version++;
        atLogin.put(setting, Optional.of(value));
        put(setting, Optional.of(value));
    }

    private void put(String name, Optional<String> value) {
        Optional<String> before = settings.put(name, value);
        count((before == null ? size(name) : -size(before)) + size(value));
    }

    private void remove(String name) {
        Optional<String> before = settings.remove(name);
        count(before == null ? 0 : -size(name) - size(before));
    }

    private void makeStale(Set<String> stale, Collection<String> names) {
        for (String name : names) {
            count(stale.add(name) ? size(name) : 0);
        }
    }

    private void forgetStale(Set<String> stale) {
        for (String name : stale) {
            count(-size(name));
        }
        stale.clear();
    }

    private void count(long more) {
        bytes += more;
        memory.take(more);
    }

    /** The size of a name in the journal, and among the parameters that the session's connections were given. */
    private static long size(String name) {
        return Memory.of(name) + 2 * Memory.OVERHEAD;
    }

    private static long size(Optional<String> value) {
        return value.map(Memory::of).orElse(0L);
    }

    /** Settings of the session beyond the limit are not followed: it stays on its writer, which has them, until DISCARD ALL. */
    private void limit() {
        if (bytes > SMALL && !memory.fits(0)) {
            exceed();
        }
    }

    /** Notes that there is no room for all that the session has set. */
    public void exceed() {
        forgetChanges();
        for (String name : List.copyOf(settings.keySet())) {
            if (!atLogin.containsKey(name)) {
                remove(name);
            }
        }
        atLogin.forEach(this::put);
        version++;
        pins.add(Pin.LIMIT);
        lasting = true;
    }

    /**
     * Notes that a request has run that may have changed this state. A request that only takes state away
     * ({@link StateTraits#RESETS}) pins nothing, and may have ended the cause of an earlier pin.
     */
    public void note(StateTraits traits, Collection<String> changedSettings, Collection<String> statements) {
        lasting |= traits.has(StateTraits.LEAVES);
        unseen |= traits.has(StateTraits.LEAVES);
        lasting |= changedSettings.stream().anyMatch(name -> name.contains("."));
        if (!hasExceeded()) {
            noteNames(traits, changedSettings, statements);
        }
        boolean takesAway = traits.has(StateTraits.RESETS);
        for (Pin pin : Pin.values()) {
            boolean there = pins.contains(pin);
            boolean touched = traits.has(pin.trait()) && (there || !takesAway);
            boolean askable = pin.question().isPresent();
            if (askable && (touched || (there && traits.has(StateTraits.CLOSES)))) {
                stalePins.add(pin);
            } else if (touched) {
                pins.add(pin);
                lasting = true;
            }
        }
        if (settings.size() + staleSettings.size() > MOST_SETTINGS) {
            forgetStale(staleSettings);
            pins.add(Pin.UNKNOWN);
            lasting = true;
        }
        limit();
    }

    private void noteNames(StateTraits traits, Collection<String> changedSettings, Collection<String> statements) {
        boolean local = !traits.has(StateTraits.SETTINGS);
        List<String> changed = changedSettings.stream()
                .filter(name -> !local || setting(name).isEmpty())
                .toList();
        makeStale(staleSettings, changed);
        if (traits.has(StateTraits.STATEMENTS)) {
            makeStale(staleStatements, statements);
        }
        if (traits.has(StateTraits.ALL_SETTINGS)) {
            makeStale(staleSettings, settings.keySet());
        }
    }

    /** Whether the session has set more than there is room for. */
    public boolean hasExceeded() {
        return pins.contains(Pin.LIMIT);
    }

    /** Whether the session has only the parameters with which it has begun. */
    public boolean isAsAtLogin() {
        return settings.equals(atLogin);
    }

    /** Whether the session has set this parameter, as far as is known. */
    public boolean hasSet(String name) {
        return settings.containsKey(name);
    }

    /** Notes that the client has set this parameter, which has this value from now on. */
    public void assigned(String name, String value) {
        version++;
        put(name, Optional.of(value));
        limit();
    }

    /**
     * Notes that parameters have again the values of a new session. A reset may leave some of them in another state:
     * the server must be asked for these.
     */
    public void reset(Collection<String> names) {
        for (String name : List.copyOf(names)) {
            if (PlainSettings.contains(name)) {
                version++;
                remove(name);
            } else if (!setting(name).equals(atLogin.getOrDefault(name, Optional.empty()))) {
                makeStale(staleSettings, List.of(name));
            }
        }
    }

    /** Notes that DISCARD ALL has succeeded: it takes away all but a loaded library and the seed. */
    public void discarded() {
        pins.removeAll(EnumSet.of(Pin.UNKNOWN, Pin.REPLAY, Pin.LIMIT));
    }

    public void pin(Pin cause) {
        pins.add(cause);
    }

    public Optional<Pin> pin() {
        if (pins.isEmpty() && settings.isEmpty()) {
            return Optional.empty();
        }
        if (settings.getOrDefault(ISOLATION, Optional.empty()).equals(Optional.of("serializable"))) {
            return Optional.of(Pin.SERIALIZABLE);
        }
        return pins.stream().findFirst();
    }

    /** The state that cannot be recreated in another server process. */
    public Optional<Pin> bond() {
        return pins.isEmpty()
                ? Optional.empty()
                : pins.stream().filter(Pin::isBond).findFirst();
    }

    /** Forgets the changes of a transaction that was lost. */
    public void forgetChanges() {
        forgetStale(staleSettings);
        forgetStale(staleStatements);
        stalePins.clear();
    }

    /** Whether the session stays on the writer whatever the server says now. */
    public boolean isPinnedForGood() {
        return pins.stream().anyMatch(pin -> pin.question().isEmpty());
    }

    /** Whether DISCARD ALL undoes all of it. */
    public boolean isUndoable() {
        return !lasting && !isStale();
    }

    /** Whether the server must be asked before anything is known for sure. */
    public boolean isStale() {
        return !staleSettings.isEmpty() || !staleStatements.isEmpty() || !stalePins.isEmpty();
    }

    /** Whether all that the session may have set is known. */
    public boolean isFollowed() {
        return !unseen && pins.isEmpty() && !isStale();
    }

    public boolean hasSetSearchPath() {
        return setting(SEARCH_PATH).isPresent();
    }

    public boolean isReadOnlyByDefault() {
        return setting(READ_ONLY).equals(Optional.of("on"));
    }

    public Optional<String> setting(String name) {
        return settings.getOrDefault(name, Optional.empty());
    }

    /**
     * Returns the schemas in which names are looked for.
     *
     * @param atLogin where the session has not set it
     * @param loginUser the user who has logged in
     * @return empty where that is not known
     */
    public Optional<SearchPath> searchPath(Optional<PathAtLogin> atLogin, String loginUser) {
        Optional<String> path = setting(SEARCH_PATH).or(() -> atLogin.map(PathAtLogin::value));
        return path.flatMap(value -> SearchPath.of(value, currentUser(atLogin, loginUser)));
    }

    /** Where settings give a role to a login, that is the role. */
    private Optional<String> currentUser(Optional<PathAtLogin> atLogin, String loginUser) {
        Optional<String> role = setting(ROLE);
        if (role.isEmpty() && setting(AUTHORIZATION).isEmpty()) {
            return atLogin.map(PathAtLogin::user);
        }
        Optional<String> sessionUser = setting(AUTHORIZATION).or(() -> Optional.of(loginUser));
        return role.filter(name -> !name.equals(NO_ROLE)).or(() -> sessionUser);
    }

    /** A hash of the session's settings that decide which object a name means. */
    public long naming() {
        return 31L * (31L * setting(SEARCH_PATH).hashCode() + setting(ROLE).hashCode())
                + setting(AUTHORIZATION).hashCode();
    }

    public Set<String> staleStatements() {
        return Set.copyOf(staleStatements);
    }

    /**
     * Returns one query for all that is not known. Its rows are kind, name, value and a flag: for a statement,
     * whether SQL has prepared it, for a pin, whether something of it stays.
     */
    public byte[] question() {
        List<String> parts = new ArrayList<>();
        for (String name : staleSettings) {
            parts.add("SELECT 'setting', " + SqlText.literal(name) + ", pg_catalog.current_setting("
                    + SqlText.literal(name) + ", true), NULL");
        }
        for (Pin pin : stalePins) {
            parts.add("SELECT 'pin', '" + pin.name() + "', "
                    + pin.question().map(Journal::flag).orElseThrow() + ", "
                    + pin.trace().map(Journal::flag).orElse("NULL"));
        }
        if (!staleStatements.isEmpty()) {
            String names = staleStatements.stream().map(SqlText::literal).collect(Collectors.joining(", "));
            parts.add("SELECT 'statement', name, statement, " + flag("from_sql")
                    + " FROM pg_catalog.pg_prepared_statements WHERE name OPERATOR(pg_catalog.=) ANY (ARRAY[" + names
                    + "])");
        }
        return SqlText.query(String.join(" UNION ALL ", parts));
    }

    /** Returns a query whether the cause of a pin exists. */
    public static byte[] question(Pin pin) {
        return SqlText.query("SELECT " + pin.question().map(Journal::flag).orElseThrow());
    }

    /** Whether the answer to that query is yes. */
    public static boolean isYes(List<List<Optional<String>>> rows) {
        return rows.size() == 1 && isTrue(rows.getFirst().getFirst());
    }

    /**
     * Stores the answer to the question; nothing is stale from then on.
     *
     * @return the prepared statements of those that were asked for
     */
    public List<Prepared> answered(List<List<Optional<String>>> rows) {
        List<Prepared> statements = new ArrayList<>();
        for (List<Optional<String>> row : rows) {
            String name = row.get(1).orElse("");
            switch (row.get(0).orElse("")) {
                case "setting" -> {
                    put(name, row.get(2));
                    version++;
                }
                case "pin" -> {
                    answered(Pin.valueOf(name), isTrue(row.get(2)));
                    lasting |= isTrue(row.get(3));
                }
                default ->
                    statements.add(
                            new Prepared(name, isTrue(row.get(3)), row.get(2).orElse("")));
            }
        }
        forgetChanges();
        limit();
        return statements;
    }

    private static String flag(String condition) {
        return "CASE WHEN " + condition + " THEN 't' ELSE 'f' END";
    }

    private static boolean isTrue(Optional<String> flag) {
        return flag.equals(Optional.of("t"));
    }

    private void answered(Pin pin, boolean holds) {
        if (holds) {
            pins.add(pin);
        } else {
            pins.remove(pin);
        }
    }

    /** Changes whenever the parameters may have changed. */
    public int version() {
        return version;
    }

    /** The present parameters; empty where the value is not known. */
    public Map<String, Optional<String>> settings() {
        return settings;
    }
}
