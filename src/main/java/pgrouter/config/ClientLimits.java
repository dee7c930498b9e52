package pgrouter.config;

/**
 * The most client connections at the same time, and the memory of each. Immutable; any thread.
 *
 * @param ofUser logged in as one user
 * @param ofAddress from one address; IPv6 addresses with the same first 64 bits count as one, as a host may have all of them
 * @param startups from accept until the login; they count among the others only after the startup packet
 * @param memory the bytes that pgrouter keeps of one session from one request to the next
 */
public record ClientLimits(int all, int ofUser, int ofAddress, int startups, long memory) {}
