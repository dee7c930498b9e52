package pgrouter.config;

/**
 * How many connections of clients there may be at the same time, and what each may have.
 *
 * @param ofUser logged in as one user
 * @param ofAddress from one address; IPv6 addresses whose first 64 bits are the same count as one, as a host may have all of them
 * @param startups that have not logged in, from accept on; they do not count among the others before they have said who they are
 * @param memory for what one has pgrouter keep from one request to the next, in bytes
 */
public record ClientLimits(int all, int ofUser, int ofAddress, int startups, long memory) {
    /** Some 8,000 prepared statements of 1,500 bytes. */
    private static final long USUAL_MEMORY = 16L << 20;

    static final ClientLimits USUAL =
            new ClientLimits(10_000, Values.MOST_CLIENTS, Values.MOST_CLIENTS, 5_000, USUAL_MEMORY);
}
