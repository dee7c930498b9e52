package pgrouter.routing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names in one database that a statement must not use on a standby although that would not refuse: functions that catch the
 * refusal, look where they run or change the session, and what is built on them. A name counts wherever it stands, whatever its
 * schema. Immutable; any thread.
 */
public final class Suspects {
    /** Nothing is suspicious. */
    public static final Suspects NONE = of(Map.of(), false);

    private final Map<Integer, Suspect> names;
    private final Map<String, Suspect> operators;
    private final boolean unlogged;
    private final boolean anywhere;
    private final Optional<Functions> functions;

    /**
     * What using one name means.
     *
     * @param traits bits of {@link Traits}
     * @param settings parameters that it may change
     */
    public record Suspect(long traits, List<String> settings) {
        public Suspect {
            settings = List.copyOf(settings);
        }
    }

    private Suspects(
            Map<Integer, Suspect> names,
            Map<String, Suspect> operators,
            boolean unlogged,
            boolean anywhere,
            Optional<Functions> functions) {
        this.functions = functions;
        this.names = names;
        this.operators = Map.copyOf(operators);
        this.unlogged = unlogged;
        this.anywhere = anywhere;
    }

    /**
     * @param names as the catalog has them
     * @param unlogged whether the database has unlogged relations
     */
    public static Suspects of(Map<String, Suspect> names, boolean unlogged) {
        return of(names, Map.of(), unlogged, false);
    }

    /**
     * @param names as the catalog has them
     * @param operators by their symbols
     * @param unlogged whether the database has unlogged relations
     * @param anywhere whether a text need not name what is suspicious to reach it
     */
    public static Suspects of(
            Map<String, Suspect> names, Map<String, Suspect> operators, boolean unlogged, boolean anywhere) {
        Map<Integer, Suspect> byHash = new HashMap<>();
        names.forEach((name, suspect) -> {
            byHash.merge(hash(name), suspect, Suspects::either);
            byHash.putIfAbsent(hashAsWritten(name), suspect);
        });
        return new Suspects(Map.copyOf(byHash), operators, unlogged, anywhere, Optional.empty());
    }

    /** The same where all functions are known by their names: a call of any other is suspicious. */
    public Suspects among(Functions all) {
        return new Suspects(names, operators, unlogged, anywhere, Optional.of(all));
    }

    /** All functions, where they are known. */
    public Optional<Functions> functions() {
        return functions;
    }

    /** The hash by which a name without quotes is found: that of its letters in lower case. */
    public static int hash(String name) {
        return hash(name, true);
    }

    private static int hashAsWritten(String name) {
        return hash(name, false);
    }

    private static int hash(String name, boolean fold) {
        int hash = Vocabulary.EMPTY_HASH;
        for (byte letter : name.getBytes(StandardCharsets.UTF_8)) {
            hash = Vocabulary.hash(hash, fold ? Vocabulary.lower(letter) : letter);
        }
        return hash;
    }

    private static Suspect either(Suspect one, Suspect other) {
        List<String> settings = new ArrayList<>(one.settings());
        settings.addAll(other.settings());
        return new Suspect(one.traits() | other.traits(), settings);
    }

    /** Whether the same names mean the same. */
    public boolean isSame(Suspects other) {
        return this == other
                || (unlogged == other.unlogged
                        && anywhere == other.anywhere
                        && names.equals(other.names)
                        && operators.equals(other.operators)
                        && isSame(functions, other.functions));
    }

    private static boolean isSame(Optional<Functions> one, Optional<Functions> other) {
        return one.isPresent() == other.isPresent()
                && (one.isEmpty() || one.get().isSame(other.get()));
    }

    public int size() {
        return names.size();
    }

    /** Whether relations are there of which a standby has nothing. */
    public boolean hasUnlogged() {
        return unlogged;
    }

    /** Whether a text need not name what is suspicious to reach it, as an implicit cast. */
    public boolean areAnywhere() {
        return anywhere;
    }

    boolean hasOperators() {
        return !operators.isEmpty();
    }

    /** What the operators mean together of whose symbols one is among these characters, which no operator's end. */
    Optional<Suspect> operators(String characters) {
        return operators.entrySet().stream()
                .filter(entry -> characters.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .reduce(Suspects::either);
    }

    long traits(int hash) {
        if (names.isEmpty()) {
            return 0;
        }
        Suspect suspect = names.get(hash);
        return suspect == null ? 0 : suspect.traits();
    }

    List<String> settings(int hash) {
        Suspect suspect = names.get(hash);
        return suspect == null ? List.of() : suspect.settings();
    }
}
