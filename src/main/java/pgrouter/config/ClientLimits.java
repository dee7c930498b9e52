package pgrouter.config;

/**
 * How many connections of clients there may be at the same time.
 *
 * @param ofUser logged in as one user
 * @param ofAddress from one address; IPv6 addresses whose first 64 bits are the same count as one, as a host may have all of them
 */
public record ClientLimits(int all, int ofUser, int ofAddress) {
    static final ClientLimits USUAL = new ClientLimits(10_000, Values.MOST_CLIENTS, Values.MOST_CLIENTS);
}
