package pgrouter.backend;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The parameters that nodes report at a login. They are the same for nearly all sessions, which share one map.
 * Otherwise each would have a copy of some two kilobytes for each server connection. Any thread.
 */
public final class SharedParameters {
    /** A limit, since clients choose some of the values, as application_name. */
    private static final int CAPACITY = 256;

    /** The limit in characters. A larger map is unusual, and is not shared. */
    private static final int LARGEST = 8 * 1024;

    private static final Map<Map<String, String>, Map<String, String>> KNOWN = new ConcurrentHashMap<>();

    private SharedParameters() {}

    /** Returns an immutable map that equals this one. */
    public static Map<String, String> of(Map<String, String> parameters) {
        Map<String, String> known = KNOWN.get(parameters);
        if (known != null) {
            return known;
        }
        Map<String, String> own = Map.copyOf(parameters);
        if (length(own) > LARGEST) {
            return own;
        }
        if (KNOWN.size() >= CAPACITY) {
            KNOWN.clear();
        }
        KNOWN.put(own, own);
        return own;
    }

    private static int length(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .mapToInt(each -> each.getKey().length() + each.getValue().length())
                .sum();
    }
}
