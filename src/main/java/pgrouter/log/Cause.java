package pgrouter.log;

/**
 * The cause of a line that a client can provoke without a password.
 *
 * @param kind in words that a count can stand before: "failed logins"; only a limited number of lines of each kind is
 *     written
 * @param source as a count reports it: "10.0.0.9 as user "app""
 */
public record Cause(String kind, String source) {}
