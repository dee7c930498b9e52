package pgrouter.client;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import pgrouter.config.ClientLimits;

/**
 * The number of clients that the process can hold, whatever the configuration allows: more would stop all of them.
 *
 * @param clients that are logged in, or about to be
 * @param startups that have not logged in
 * @param bytes that clients which have not logged in may make pgrouter keep, beyond the needs of each
 */
public record Capacity(int clients, int startups, long bytes) {
    /** For tests, and where nothing is known. */
    public static final Capacity UNBOUNDED = new Capacity(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);

    private static final long KILOBYTE = 1 << 10;
    private static final long MEGABYTE = 1 << 20;

    /** The heap that pgrouter itself needs, with room for the garbage collector. */
    private static final long HEAP_WITHOUT_CLIENTS = 24 * MEGABYTE;

    /** The heap for an idle client, without TLS and with both of its server connections. */
    private static final long HEAP_OF_CLIENT = 13 * KILOBYTE;

    /** The heap for a client that has not logged in and has sent half a message. */
    private static final long HEAP_OF_STARTUP = 8 * KILOBYTE;

    /** The part of the heap for clients that have not logged in, and the part for their large messages and handshakes. */
    private static final int PART_OF_STARTUPS = 4;

    private static final int PART_OF_BYTES = 16;

    /** Descriptors for monitor, http, the console, probes, catalogs and files. */
    private static final int RESERVE = 64;

    /** The part of the descriptors for these where there are few, and the part for clients that have not logged in. */
    private static final int PART_OF_DESCRIPTORS = 8;

    /**
     * The resources of the process.
     *
     * @param heap the most bytes of it
     * @param descriptors that may be open
     * @param used of them, without any client
     */
    public record Means(long heap, long descriptors, long used) {
        /** Returns those of this process. Where the system does not report its descriptors, their number counts as unlimited. */
        public static Means now() {
            long heap = Runtime.getRuntime().maxMemory();
            UnixOperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class);
            return system == null
                    ? new Means(heap, Integer.MAX_VALUE, 0)
                    : new Means(heap, system.getMaxFileDescriptorCount(), system.getOpenFileDescriptorCount());
        }
    }

    /**
     * @param servers the most connections to backends of a client: two, or one where there is one backend
     * @param kept the most connections to backends that wait for later sessions
     */
    public static Capacity of(Means means, int servers, int kept) {
        long reserve = Math.min(RESERVE, means.descriptors() / PART_OF_DESCRIPTORS);
        long descriptors = means.descriptors() - means.used() - reserve - kept;
        long startups = Math.min(means.heap() / PART_OF_STARTUPS / HEAP_OF_STARTUP, descriptors / PART_OF_DESCRIPTORS);
        long clients = Math.min(
                (means.heap() - HEAP_WITHOUT_CLIENTS) / HEAP_OF_CLIENT, (descriptors - startups) / (1 + servers));
        return new Capacity(count(clients), count(startups), means.heap() / PART_OF_BYTES);
    }

    private static int count(long count) {
        return Math.clamp(count, 1, Integer.MAX_VALUE);
    }

    /** Returns the configured limits, reduced to the room that there is. */
    public ClientLimits within(ClientLimits limits) {
        return new ClientLimits(
                Math.min(limits.all(), clients),
                limits.ofUser(),
                limits.ofAddress(),
                Math.min(limits.startups(), startups),
                limits.memory());
    }
}
