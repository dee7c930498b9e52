package pgrouter.testing;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Feeds what one of the tests that are named {@code Fuzzed...} feeds, with inputs that are kept where they reach code that none before
 * has reached: {@code pgrouter.target} is the test, as {@code pgrouter.routing.FuzzedSqlTest#texts}.
 */
class GuidedFuzz {
    private static final Fuzz.Subject SUBJECT =
            subject(System.getProperty("pgrouter.target", "pgrouter.routing.FuzzedSqlTest#texts"));

    private static Fuzz.Subject subject(String test) {
        try {
            return Fuzz.subjectOf(test);
        } catch (Exception e) {
            throw new IllegalStateException("there is no such test: " + test, e);
        }
    }

    static Stream<byte[]> good() {
        return SUBJECT.good().stream();
    }

    @MethodSource("good")
    @FuzzTest(maxDuration = "5m")
    void input(byte[] bytes) throws Exception {
        SUBJECT.take(bytes);
    }
}
