package pgrouter.backend;

/**
 * By what a server's process looks for names that have no schema, as long as nobody has changed it there. Immutable.
 *
 * @param value of {@code search_path}, as the server shows it
 * @param user the current user
 */
public record PathAtLogin(String value, String user) {}
