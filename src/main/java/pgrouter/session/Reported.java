package pgrouter.session;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the server has told the client in ParameterStatus messages, and how SQL texts are to be read by that. Written by the
 * threads of the pipes, read by the client thread: the server reports a change before ReadyForQuery.
 */
final class Reported {
    private final Map<String, String> parameters;
    private volatile TextEncoding encoding;

    Reported(Map<String, String> atLogin) {
        parameters = new ConcurrentHashMap<>(atLogin);
        encoding = TextEncoding.of(parameters);
    }

    /**
     * @param status name and value, each with a zero byte behind it
     * @return whether the client did not know that
     */
    boolean report(String status) {
        String[] parts = status.split("\0", -1);
        if (parts.length < 2 || parts[1].equals(parameters.put(parts[0], parts[1]))) {
            return false;
        }
        if (parts[0].equals("client_encoding") || parts[0].equals("standard_conforming_strings")) {
            encoding = TextEncoding.of(parameters);
        }
        return true;
    }

    TextEncoding encoding() {
        return encoding;
    }
}
