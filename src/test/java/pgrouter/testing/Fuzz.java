package pgrouter.testing;

import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Feeds something with hostile input: good ones, changed at random. Whatever it is, the outcome is a result or one of the exceptions
 * that are declared for bad input, soon, and without much memory. The random numbers of a run are those of its seed: one is always
 * the same, the other a new one; the system property {@code pgrouter.fuzz} says how many inputs each target gets of both together.
 */
public final class Fuzz {
    private static final int INPUTS = Integer.getInteger("pgrouter.fuzz", LongRun.repetitions(4_000, 20_000));
    private static final long FIXED = 20_261_125;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long MEMORY = 64 << 20;
    private static final int LONGEST = 1 << 16;

    /** What takes the input. */
    public interface Target {
        void take(byte[] input) throws Exception;
    }

    /** What one test feeds. */
    public record Subject(List<byte[]> good, List<Target> targets) implements Target {
        @Override
        public void take(byte[] input) throws Exception {
            for (Target target : targets) {
                target.take(input.clone());
            }
        }
    }

    /** Where the targets go while they are wanted and not to be fed; else null. */
    private static Subject wanted;

    private final String name;
    private final List<byte[]> good = new ArrayList<>();
    private final List<byte[]> pieces = new ArrayList<>();
    private final List<Class<? extends Exception>> foreseen = new ArrayList<>();
    private volatile byte[] current = {};
    private volatile int number;

    private Fuzz(String name) {
        this.name = name;
    }

    /** @param name of the target, for the report */
    public static Fuzz of(String name) {
        return new Fuzz(name);
    }

    public Fuzz from(byte[]... inputs) {
        good.addAll(List.of(inputs));
        return this;
    }

    public Fuzz from(String... inputs) {
        for (String input : inputs) {
            good.add(input.getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    /** What has a meaning, and is put in here and there. */
    public Fuzz with(String... words) {
        for (String word : words) {
            pieces.add(word.getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    /** How bad input is refused. */
    public Fuzz refusedBy(Class<? extends Exception> exception) {
        foreseen.add(exception);
        return this;
    }

    public void feed(Target target) throws Exception {
        if (wanted != null) {
            wanted.good().addAll(good);
            wanted.targets().add(input -> tried(target, input));
            return;
        }
        feed(target, FIXED, INPUTS / 2);
        feed(target, new Random().nextLong(), INPUTS - INPUTS / 2);
    }

    private void feed(Target target, long seed, int inputs) throws Exception {
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<?> fed = thread.submit(() -> {
                all(target, seed, inputs);
                return null;
            });
            watch(fed, seed);
        }
    }

    /** One input that takes too long, and not all of them together, is a fault. */
    private void watch(Future<?> fed, long seed) throws Exception {
        int before = -1;
        while (true) {
            try {
                fed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                return;
            } catch (TimeoutException e) {
                if (before == number) {
                    fed.cancel(true);
                    fail(fault("does not come to an end", seed));
                }
                before = number;
            } catch (ExecutionException e) {
                throw new AssertionError(fault("gives " + e.getCause(), seed), e.getCause());
            }
        }
    }

    private String fault(String what, long seed) {
        return "%s %s with seed %d for the input %s"
                .formatted(name, what, seed, Base64.getEncoder().encodeToString(current));
    }

    private void all(Target target, long seed, int inputs) throws Exception {
        Random random = new Random(seed);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < inputs; i++) {
            current = changed(random);
            number = i;
            long before = threads.getCurrentThreadAllocatedBytes();
            tried(target, current.clone());
            if (threads.getCurrentThreadAllocatedBytes() - before > MEMORY) {
                throw new IllegalStateException("more than " + MEMORY + " bytes");
            }
        }
    }

    private void tried(Target target, byte[] input) throws Exception {
        try {
            target.take(input);
        } catch (Exception e) {
            if (foreseen.stream().noneMatch(kind -> kind.isInstance(e))) {
                throw e;
            }
        }
    }

    /**
     * What a test would feed, for a fuzzer that makes its own inputs. One thread.
     *
     * @param test {@code CLASS#METHOD}
     */
    public static Subject subjectOf(String test) throws Exception {
        String[] parts = test.split("#", 2);
        Class<?> type = Class.forName(parts[0]);
        Constructor<?> constructor = type.getDeclaredConstructor();
        Method method = type.getDeclaredMethod(parts[1]);
        constructor.setAccessible(true);
        method.setAccessible(true);
        Subject subject = new Subject(new ArrayList<>(), new ArrayList<>());
        wanted = subject;
        try {
            method.invoke(constructor.newInstance());
        } finally {
            wanted = null;
        }
        return subject;
    }

    private byte[] changed(Random random) {
        byte[] input = good.get(random.nextInt(good.size()));
        for (int changes = random.nextInt(6); changes >= 0; changes--) {
            input = changedOnce(input, random);
        }
        return input.length > LONGEST ? slice(input, 0, LONGEST) : input;
    }

    private byte[] changedOnce(byte[] input, Random random) {
        int at = random.nextInt(input.length + 1);
        int to = at + (input.length == at ? 0 : random.nextInt(Math.min(32, input.length - at) + 1));
        byte[] rest = slice(input, to, input.length);
        byte[] head = slice(input, 0, at);
        return switch (random.nextInt(8)) {
            case 0 -> join(head, rest);
            case 1 -> join(head, slice(input, at, to), slice(input, at, to), rest);
            case 2 -> flipped(input, random);
            case 3 -> join(head, new byte[] {(byte) random.nextInt(256)}, rest);
            case 4 -> join(head, interesting(random), rest);
            case 5 -> join(head, piece(random), slice(input, at, input.length));
            case 6 -> join(head, good.get(random.nextInt(good.size())));
            default -> head;
        };
    }

    private static byte[] flipped(byte[] input, Random random) {
        byte[] changed = input.clone();
        if (changed.length > 0) {
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return changed;
    }

    /** Lengths at the edges. */
    private static byte[] interesting(Random random) {
        int[] numbers = {0, 1, 3, 4, 5, -1, -4, 10_004, 65_535, 0x3fffffff, Integer.MAX_VALUE, Integer.MIN_VALUE};
        int number = numbers[random.nextInt(numbers.length)];
        return new byte[] {(byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number};
    }

    private byte[] piece(Random random) {
        return pieces.isEmpty() ? interesting(random) : pieces.get(random.nextInt(pieces.size()));
    }

    private static byte[] slice(byte[] bytes, int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    private static byte[] join(byte[]... parts) {
        return Frontend.join(parts);
    }
}
