package pgrouter.log;

/**
 * What a line is about that anybody can cause without a password.
 *
 * @param kind of which only so many lines are written, in words that a count can stand before: "failed logins"
 * @param source of it, as a count tells it: "10.0.0.9 as user "app""
 */
public record Cause(String kind, String source) {}
