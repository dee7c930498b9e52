package pgrouter.request;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import pgrouter.protocol.ProtocolException;

/**
 * The parameters that the server has reported to the client in ParameterStatus messages, and how SQL texts are to be
 * read by them. The threads that read the server connections write it, the client thread reads it: the server reports a
 * change before ReadyForQuery. Changes are rare, and most sessions have the parameters of every login, so the map is
 * shared until it changes.
 */
public final class Reported {
    /** The maximum number of parameters of a node. Servers report some 20 parameters, and a login up to 200. */
    private static final int MOST = 256;

    private record Now(Map<String, String> parameters, TextEncoding encoding) {
        static Now of(Map<String, String> parameters) {
            return new Now(parameters, TextEncoding.of(parameters));
        }

        boolean has(String name, String value) {
            return value.equals(parameters.get(name));
        }

        Now with(String name, String value) {
            Map<String, String> changed = new HashMap<>(parameters);
            changed.put(name, value);
            return of(Map.copyOf(changed));
        }
    }

    private final AtomicReference<Now> now;

    /** @param atLogin immutable */
    public Reported(Map<String, String> atLogin) {
        now = new AtomicReference<>(Now.of(atLogin));
    }

    /**
     * @param status name and value, each followed by a zero byte
     * @return whether the value is new to the client
     * @throws ProtocolException where the server reports more parameters than any server has
     */
    public boolean report(String status) throws ProtocolException {
        String[] parts = status.split("\0", -1);
        if (parts.length < 2) {
            return false;
        }
        String name = parts[0];
        String value = parts[1];
        Map<String, String> before = now.get().parameters();
        if (before.size() >= MOST && !before.containsKey(name)) {
            throw new ProtocolException("more than " + MOST + " parameters");
        }
        return !now.getAndUpdate(known -> known.has(name, value) ? known : known.with(name, value))
                .has(name, value);
    }

    /** The value of a parameter that the server reports, its name in any case; empty where it is not reported. */
    public Optional<String> value(String name) {
        return now.get().parameters().entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    TextEncoding encoding() {
        return now.get().encoding();
    }
}
