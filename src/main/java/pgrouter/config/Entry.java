package pgrouter.config;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * A directive as it is declared: the one place that knows its syntax, its default, how {@code SHOW CONFIG} shows it, and whether a
 * change needs a restart. Immutable; any thread.
 *
 * @param <O> the part of the configuration that holds its value
 */
sealed interface Entry<O> permits Key, Block, Part {
    /** Returns the keyword, in lower case. */
    String name();

    /** Reads one such directive into the values of the reader. */
    void read(Directive directive, DirectiveReader reader);

    /**
     * Returns the rows of {@code SHOW CONFIG}.
     *
     * @param path the names of the blocks around it, each with a space after it
     */
    Stream<Setting> settings(String path, O owner);

    /** Returns this directive and those of its block, for the documentation. */
    Stream<Declared> declared(String path);

    /**
     * The facts that the documentation must state.
     *
     * @param directive with the name of its block: {@code health timeout}
     * @param initial the default; empty if there is none
     */
    record Declared(String directive, Optional<?> initial, boolean needsRestart) {}
}
