package pgrouter.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import pgrouter.client.Capacity.Means;
import pgrouter.config.ClientLimits;

/** There are no more clients than heap and descriptors hold, whatever the configuration allows. */
final class CapacityTest {
    private static final long MEGABYTE = 1 << 20;
    private static final long PLENTY = 1 << 30;
    private static final ClientLimits LIMITS = new ClientLimits(10_000, 1, 2, 5_000, 3);

    private static Capacity capacity(long megabytes, long descriptors) {
        return Capacity.of(new Means(megabytes * MEGABYTE, descriptors, 40), 2, 20);
    }

    @Test
    void aHeapHoldsAsManyAsTheReadmeAdvises() {
        assertThat(capacity(155, PLENTY).clients()).isGreaterThan(10_000);
        assertThat(capacity(93, PLENTY).clients()).isBetween(5_000, 6_000);
        assertThat(capacity(64, PLENTY).clients()).isBetween(3_000, 3_500);
    }

    @Test
    void descriptorsHoldAClientWithItsConnectionsAndSomeAreKept() {
        Capacity few = capacity(1024, 1024);
        assertThat(few.startups() + 3 * few.clients()).isBetween(850, 1024 - 40 - 64 - 20);
        assertThat(few.startups()).isGreaterThan(100);
    }

    /** Better one than none. */
    @Test
    void withNextToNothingThereIsOne() {
        assertThat(capacity(16, 64))
                .extracting(Capacity::clients, Capacity::startups)
                .containsExactly(1, 1);
    }

    @Test
    void theConfigurationCountsWhereThereIsRoomForMore() {
        assertThat(capacity(1024, PLENTY).within(LIMITS)).isEqualTo(LIMITS);
        assertThat(Capacity.UNBOUNDED.within(LIMITS)).isEqualTo(LIMITS);
        assertThat(new Capacity(7, 6, 0).within(LIMITS)).isEqualTo(new ClientLimits(7, 1, 2, 6, 3));
    }

    @Test
    void thisProcessHasBoth() {
        Means means = Means.now();
        assertThat(means.heap()).isPositive();
        assertThat(means.descriptors()).isGreaterThan(means.used());
    }
}
