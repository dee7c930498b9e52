package pgrouter.state;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import pgrouter.backend.PathAtLogin;
import pgrouter.client.Memory;
import pgrouter.routing.PlainSettings;
import pgrouter.routing.SearchPath;
import pgrouter.routing.StateTraits;

/**
 * The state that a session wants on its servers: the values of its parameters, and the reasons for which it must stay
 * on its writer. Client thread only.
 *
 * <p>The server itself reports it. Possible changes of a request are noted ({@link #stale}), and when the transaction is
 * over, the server is asked for them on the connection where the request ran. So a rollback, a savepoint or a function
 * needs no model here. {@link StateDiff} tells how another server connection is given the parameters. State that another
 * connection cannot be given pins the session.
 */
public final class SessionState {
    private static final String ISOLATION = "default_transaction_isolation";
    private static final String READ_ONLY = "default_transaction_read_only";
    private static final String AUTHORIZATION = StateDiff.AUTHORIZATION;
    private static final String ROLE = StateDiff.ROLE;
    private static final String NO_ROLE = "none";
    private static final String SEARCH_PATH = "search_path";

    /** The most parameters that are followed; a session that sets more stays on its writer. */
    private static final int MOST_SETTINGS = 1000;

    private final Map<String, Optional<String>> atLogin = new TreeMap<>();
    private final Map<String, Optional<String>> settings = new TreeMap<>();
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

    private final StateBytes bytes;
    private final StaleState stale;

    /** @param memory that counts these bytes */
    public SessionState(Memory.OfSession memory) {
        this.bytes = new StateBytes(memory);
        this.stale = new StaleState(bytes);
    }

    /** Notes a setting that is valid from the start, since the backends were opened with it. */
    public void startedWith(String setting, String value) {
        version++;
        atLogin.put(setting, Optional.of(value));
        put(setting, Optional.of(value));
    }

    private void put(String name, Optional<String> value) {
        Optional<String> before = settings.put(name, value);
        bytes.add((before == null ? StateBytes.of(name) : -StateBytes.of(before)) + StateBytes.of(value));
    }

    private void remove(String name) {
        Optional<String> before = settings.remove(name);
        bytes.add(before == null ? 0 : -StateBytes.of(name) - StateBytes.of(before));
    }

    /** Settings of the session beyond the limit are not followed: it stays on its writer, which has them, until DISCARD ALL. */
    private void limit() {
        if (bytes.areTooMany()) {
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
        pinForGood(Pin.LIMIT);
    }

    private void pinForGood(Pin cause) {
        pins.add(cause);
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
        for (Pin pin : Pin.values()) {
            notePin(pin, traits);
        }
        if (settings.size() + stale.settings().size() > MOST_SETTINGS) {
            stale.forgetSettings();
            pinForGood(Pin.UNKNOWN);
        }
        limit();
    }

    private void notePin(Pin pin, StateTraits traits) {
        boolean there = pins.contains(pin);
        boolean takesAway = traits.has(StateTraits.RESETS);
        boolean touched = traits.has(pin.trait()) && (there || !takesAway);
        boolean askable = pin.question().isPresent();
        if (askable && (touched || (there && traits.has(StateTraits.CLOSES)))) {
            stale.add(pin);
        } else if (touched) {
            pinForGood(pin);
        }
    }

    private void noteNames(StateTraits traits, Collection<String> changedSettings, Collection<String> statements) {
        boolean local = !traits.has(StateTraits.SETTINGS);
        List<String> changed = changedSettings.stream()
                .filter(name -> !local || setting(name).isEmpty())
                .toList();
        stale.addSettings(changed);
        if (traits.has(StateTraits.STATEMENTS)) {
            stale.addStatements(statements);
        }
        if (traits.has(StateTraits.ALL_SETTINGS)) {
            stale.addSettings(settings.keySet());
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
                stale.addSettings(List.of(name));
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
        stale.forget();
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
        return !stale.isEmpty();
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

    /** The part of it that is not known for sure. */
    public StaleState stale() {
        return stale;
    }

    /** Takes over the answer of the server; nothing is stale from then on. */
    public void answered(StateAnswer answer) {
        answer.settings().forEach((name, value) -> {
            put(name, value);
            version++;
        });
        pins.removeAll(answer.absent());
        pins.addAll(answer.present());
        lasting |= answer.staysTraced();
        forgetChanges();
        limit();
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
