package pgrouter.state;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * The part of a session's state that a request may have changed, and for which the server must be asked. Client thread
 * only.
 */
public final class StaleState {
    private final Set<String> settings = new TreeSet<>();
    private final Set<String> statements = new TreeSet<>();
    private final EnumSet<Pin> pins = EnumSet.noneOf(Pin.class);
    private final StateBytes bytes;

    StaleState(StateBytes bytes) {
        this.bytes = bytes;
    }

    void addSettings(Collection<String> names) {
        add(settings, names);
    }

    void addStatements(Collection<String> names) {
        add(statements, names);
    }

    private void add(Set<String> stale, Collection<String> names) {
        for (String name : names) {
            bytes.add(stale.add(name) ? StateBytes.of(name) : 0);
        }
    }

    void add(Pin pin) {
        pins.add(pin);
    }

    /** The names of parameters. */
    Set<String> settings() {
        return settings;
    }

    /** The names of prepared statements. */
    public Set<String> statements() {
        return Set.copyOf(statements);
    }

    boolean isEmpty() {
        return settings.isEmpty() && statements.isEmpty() && pins.isEmpty();
    }

    void forgetSettings() {
        forget(settings);
    }

    void forget() {
        forget(settings);
        forget(statements);
        pins.clear();
    }

    private void forget(Set<String> stale) {
        for (String name : stale) {
            bytes.add(-StateBytes.of(name));
        }
        stale.clear();
    }

    /** Returns one query for all of it, which {@link StateAnswer} reads. */
    public byte[] question() {
        return StateQuestion.of(settings, pins, statements);
    }
}
