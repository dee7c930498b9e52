package pgrouter.backend;

/**
 * The search path of a server process by which it looks up names without a schema, until it is changed there.
 * Immutable.
 *
 * @param value of {@code search_path}, as the server shows it
 * @param user the current user
 */
public record PathAtLogin(String value, String user) {}
