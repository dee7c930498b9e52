package pgrouter.request;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import pgrouter.client.Memory;

/**
 * The parameters, prepared statements and texts by which a request may change the state of its session. Used again for
 * each request. Client thread only.
 */
public final class RequestChanges {
    private final NotedBytes noted;
    private List<String> settings = new ArrayList<>();
    private List<String> named = new ArrayList<>();
    private List<byte[]> texts = new ArrayList<>();
    private Map<String, String> assigned = Map.of();

    /** @param noted that counts the bytes of these */
    RequestChanges(NotedBytes noted) {
        this.noted = noted;
    }

    void reset() {
        settings.clear();
        named.clear();
        texts.clear();
        assigned = Map.of();
    }

    /** Releases the memory that a request of many texts has needed. */
    void shrink() {
        settings = new ArrayList<>();
        named = new ArrayList<>();
        texts = new ArrayList<>();
    }

    void add(Statement.Finding finding) {
        if (!finding.settings().isEmpty()) {
            settings.addAll(finding.settings());
            noted.add(Memory.of(finding.settings()));
        }
        if (!finding.named().isEmpty()) {
            named.addAll(finding.named());
            noted.add(Memory.of(finding.named()));
        }
        assigned = finding.assigned();
    }

    void addText(byte[] query) {
        noted.add(Memory.OVERHEAD + query.length);
        texts.add(query);
    }

    /** The parameters that it may change. */
    public List<String> settings() {
        return settings;
    }

    /** The prepared statements that it names in SQL. */
    public List<String> named() {
        return named;
    }

    /** The parameters that it sets, and their values, where it does nothing else. */
    public Map<String, String> assigned() {
        return assigned;
    }

    /** Query messages of those of its texts that may change the state. */
    public List<byte[]> texts() {
        return texts;
    }
}
