package pgrouter.config;

import java.util.List;

/**
 * What the administrator says about routes.
 *
 * @param writerFunctions names of functions or relations whose use is for the writer
 * @param writerMatching a text in which one of them is found is for the writer
 * @param readerMatching a text in which one of them is found is for a reader, as with a hint
 */
public record RouteRules(
        FunctionRule functions,
        List<String> writerFunctions,
        List<TextRule> writerMatching,
        List<TextRule> readerMatching) {
    /** What holds where nothing is said. */
    public static final RouteRules DEFAULT = new RouteRules(FunctionRule.CAREFUL, List.of(), List.of(), List.of());

    public RouteRules {
        writerFunctions = List.copyOf(writerFunctions);
        writerMatching = List.copyOf(writerMatching);
        readerMatching = List.copyOf(readerMatching);
    }

    /** Whether any text has to be looked at. */
    public boolean matchTexts() {
        return !writerMatching.isEmpty() || !readerMatching.isEmpty();
    }
}
