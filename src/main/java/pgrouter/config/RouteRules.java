package pgrouter.config;

import java.util.List;

/**
 * The {@code route} block: the routes that the administrator has chosen. Immutable; any thread.
 *
 * @param writerFunctions names of functions or relations whose use is for the writer
 * @param writerMatching texts in which one of them is found are for the writer
 * @param readerMatching a text in which one of them is found is for a reader, as with a hint
 */
public record RouteRules(
        FunctionRule functions,
        List<String> writerFunctions,
        List<TextRule> writerMatching,
        List<TextRule> readerMatching) {
    public static final RouteRules DEFAULT = RouteKeys.of(new Given());

    public RouteRules {
        writerFunctions = List.copyOf(writerFunctions);
        writerMatching = List.copyOf(writerMatching);
        readerMatching = List.copyOf(readerMatching);
    }

    /** Returns whether texts must be searched. */
    public boolean matchTexts() {
        return !writerMatching.isEmpty() || !readerMatching.isEmpty();
    }
}
