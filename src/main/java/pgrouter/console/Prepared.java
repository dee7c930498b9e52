package pgrouter.console;

import java.util.List;
import java.util.Optional;

/**
 * A prepared statement.
 *
 * @param command empty for an empty text
 * @param types of the parameters that the client has declared; no statement uses any
 */
record Prepared(Optional<Command> command, List<Integer> types) {}
