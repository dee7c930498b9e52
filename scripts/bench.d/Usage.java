/**
 * What the processes of a target had used at a moment.
 *
 * @param time microseconds since 1970, as pgbench counts in its log
 * @param ticks processor time, user and system, of the living and of their dead children
 * @param resident bytes; a page that several processes share counts for each of them
 */
record Usage(long time, long ticks, long resident) {}
