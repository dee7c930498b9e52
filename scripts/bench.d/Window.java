/** The part of a run that counts, between two of pgbench's lines of progress. */
record Window(Mark from, Mark to) {
    /**
     * A line of progress.
     *
     * @param time microseconds since 1970, as pgbench has written it
     * @param usage what the target had used when the line was read
     */
    record Mark(long time, Usage usage) {}

    boolean includes(long time) {
        return from.time < time && time <= to.time;
    }

    double seconds() {
        return (to.time - from.time) / 1e6;
    }

    /** The ticks of processor time that the target used in a second: between the moments at which it was looked at, however late. */
    double ticksPerSecond() {
        return (to.usage.ticks() - from.usage.ticks()) * 1e6 / (to.usage.time() - from.usage.time());
    }
}
