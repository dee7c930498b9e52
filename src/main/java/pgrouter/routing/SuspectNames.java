package pgrouter.routing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names in one database that a statement must not use on a standby although the standby would not refuse: functions
 * that catch the refusal, depend on the node on which they run, or change the session, and all that is built on them. A
 * name counts wherever it stands. Where the schemas in which the session looks for names are known, it counts only in
 * these and with its schema before it. Immutable. Any thread.
 */
public final class SuspectNames {
    /** The hash of no schema; no name has it. */
    static final long NO_SCHEMA = Long.MIN_VALUE;

    /** No name is suspicious. */
    public static final SuspectNames NONE = of(Map.of(), false);

    private final Names names;
    private final Operators operators;
    private final boolean unlogged;
    private final boolean anywhere;
    private final boolean asynchronous;
    private final Optional<Functions> functions;

    /** The names for any path; null where these are those. */
    private final SuspectNames whole;

    /** By their hashes: names that count wherever they stand, and by the hash of their schema those that count after it. */
    private record Names(Map<Integer, Suspect> found, Map<Integer, Map<Integer, Suspect>> ofSchema) {
        private static final Names NONE = new Names(Map.of(), Map.of());

        static Names of(Map<String, Suspect> found, Map<String, Map<String, Suspect>> ofSchema) {
            if (found.isEmpty() && ofSchema.isEmpty()) {
                return NONE;
            }
            Map<Integer, Map<Integer, Suspect>> schemas = new HashMap<>();
            ofSchema.forEach((schema, names) -> {
                schemas.merge(hash(schema), byHash(names), Names::both);
                schemas.merge(hashAsWritten(schema), byHash(names), Names::both);
            });
            return new Names(byHash(found), Map.copyOf(schemas));
        }

        private static Map<Integer, Suspect> byHash(Map<String, Suspect> names) {
            Map<Integer, Suspect> byHash = new HashMap<>();
            names.forEach((name, suspect) -> {
                byHash.merge(hash(name), suspect, SuspectNames::either);
                byHash.putIfAbsent(hashAsWritten(name), suspect);
            });
            return Map.copyOf(byHash);
        }

        private static Map<Integer, Suspect> both(Map<Integer, Suspect> one, Map<Integer, Suspect> other) {
            Map<Integer, Suspect> both = new HashMap<>(one);
            other.forEach((hash, suspect) -> both.merge(hash, suspect, SuspectNames::either));
            return both;
        }

        Suspect find(long schema, int name) {
            Suspect wherever = found.isEmpty() ? null : found.get(name);
            Suspect there = ofSchema.isEmpty() || schema == NO_SCHEMA
                    ? null
                    : ofSchema.getOrDefault((int) schema, Map.of()).get(name);
            if (wherever == null || there == null) {
                return wherever == null ? there : wherever;
            }
            return either(wherever, there);
        }
    }

    /** By their symbols: operators that count wherever they stand, and those that count after their schema. */
    private record Operators(Map<String, Suspect> found, Map<String, Suspect> ofSchemas) {
        Optional<Suspect> of(String characters, boolean qualified) {
            Optional<Suspect> reached = among(found, characters);
            Optional<Suspect> named = qualified ? among(ofSchemas, characters) : Optional.empty();
            return reached.isPresent() && named.isPresent()
                    ? Optional.of(either(reached.get(), named.get()))
                    : reached.or(() -> named);
        }

        private static Optional<Suspect> among(Map<String, Suspect> operators, String characters) {
            return operators.entrySet().stream()
                    .filter(entry -> characters.contains(entry.getKey()))
                    .map(Map.Entry::getValue)
                    .reduce(SuspectNames::either);
        }

        boolean areNone() {
            return found.isEmpty() && ofSchemas.isEmpty();
        }
    }

    /**
     * The suspicious objects, by name.
     *
     * @param names that count wherever they stand
     * @param ofSchemas by schema, those that count after it
     * @param operators by their symbols, likewise
     * @param operatorsOfSchemas that count after a schema
     * @param unlogged whether the database has unlogged relations
     * @param anywhere whether a text need not name a suspicious object to reach it
     * @param asynchronous whether a function may let commits be acknowledged before their WAL is flushed
     */
    public record Found(
            Map<String, Suspect> names,
            Map<String, Map<String, Suspect>> ofSchemas,
            Map<String, Suspect> operators,
            Map<String, Suspect> operatorsOfSchemas,
            boolean unlogged,
            boolean anywhere,
            boolean asynchronous) {}

    /**
     * The meaning of the use of one name.
     *
     * @param traits bits of {@link Traits}
     * @param state its possible effects on the session
     * @param settings parameters that it may change
     */
    public record Suspect(long traits, StateTraits state, List<String> settings) {
        private static final Suspect NONE = of(Traits.NONE);

        public Suspect {
            settings = List.copyOf(settings);
        }

        /** A name that does nothing to the session. */
        public static Suspect of(long traits) {
            return new Suspect(traits, StateTraits.NONE, List.of());
        }

        /** The same without this trait. */
        public Suspect without(long trait) {
            return new Suspect(traits & ~trait, state, settings);
        }

        public boolean isNone() {
            return traits == Traits.NONE && state.isNone();
        }
    }

    private SuspectNames(
            Names names,
            Operators operators,
            boolean unlogged,
            boolean anywhere,
            boolean asynchronous,
            Optional<Functions> functions,
            SuspectNames whole) {
        this.functions = functions;
        this.names = names;
        this.operators = operators;
        this.unlogged = unlogged;
        this.anywhere = anywhere;
        this.asynchronous = asynchronous;
        this.whole = whole;
    }

    /**
     * @param names as the catalog has them
     * @param unlogged whether the database has unlogged relations
     */
    public static SuspectNames of(Map<String, Suspect> names, boolean unlogged) {
        return of(new Found(names, Map.of(), Map.of(), Map.of(), unlogged, false, false));
    }

    /** The names that are suspicious whatever the path of a session. */
    public static SuspectNames of(Found found) {
        return of(found, Optional.empty(), null);
    }

    /**
     * @param found for a session of a certain path
     * @param functions as these sessions find them
     * @param whole the names that are suspicious whatever the path
     */
    public static SuspectNames under(Found found, Optional<Functions> functions, SuspectNames whole) {
        return of(found, functions, whole);
    }

    private static SuspectNames of(Found found, Optional<Functions> functions, SuspectNames whole) {
        return new SuspectNames(
                Names.of(found.names(), found.ofSchemas()),
                new Operators(Map.copyOf(found.operators()), Map.copyOf(found.operatorsOfSchemas())),
                found.unlogged(),
                found.anywhere(),
                found.asynchronous(),
                functions,
                whole);
    }

    /** The same where the names of all functions are known: a call of any other is suspicious. */
    public SuspectNames among(Functions all) {
        return new SuspectNames(names, operators, unlogged, anywhere, asynchronous, Optional.of(all), whole);
    }

    /** The names for a session of which the schemas where it looks for names are not known. */
    public SuspectNames whole() {
        return whole == null ? this : whole;
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
        return new Suspect(one.traits() | other.traits(), one.state().with(other.state()), settings);
    }

    /** Whether the same names mean the same. */
    public boolean isSame(SuspectNames other) {
        return this == other
                || (unlogged == other.unlogged
                        && anywhere == other.anywhere
                        && asynchronous == other.asynchronous
                        && names.equals(other.names)
                        && operators.equals(other.operators)
                        && isSame(functions, other.functions));
    }

    private static boolean isSame(Optional<Functions> one, Optional<Functions> other) {
        return one.isPresent() == other.isPresent()
                && (one.isEmpty() || one.get().isSame(other.get()));
    }

    public int size() {
        return names.found().size();
    }

    /** Whether the database has relations that are empty on a standby. */
    public boolean hasUnlogged() {
        return unlogged;
    }

    /** Whether a text need not name a suspicious object to reach it, as with an implicit cast. */
    public boolean areAnywhere() {
        return anywhere;
    }

    /** Whether a function, which a trigger may call, may let commits be acknowledged before their WAL is flushed. */
    public boolean hasAsynchronousCommits() {
        return asynchronous;
    }

    boolean hasOperators() {
        return !operators.areNone();
    }

    /**
     * The combined meaning of all operators whose symbol is among these characters; where the operator ends is not
     * determined.
     *
     * @param qualified whether there is a schema before them
     */
    Optional<Suspect> operators(String characters, boolean qualified) {
        return operators.of(characters, qualified);
    }

    /**
     * Returns the meaning of a name.
     *
     * @param schema the hash of the name before the dot that precedes this name, or {@link #NO_SCHEMA}
     */
    Suspect find(long schema, int hash) {
        Suspect suspect = names.find(schema, hash);
        return suspect == null ? Suspect.NONE : suspect;
    }
}
