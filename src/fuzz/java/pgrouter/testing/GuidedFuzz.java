package pgrouter.testing;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Feeds what one of the tests that are named {@code Fuzzed...} feeds, with inputs that are kept where they reach code that none before
 * has reached: {@code pgrouter.target} is the test, as {@code pgrouter.routing.FuzzedSqlTest#texts}.
 */
class GuidedFuzz {
    private static final Fuzz.Target TARGET = target(System.getProperty("pgrouter.target", "pgrouter.routing.FuzzedSqlTest#texts"));

    private static Fuzz.Target target(String test) {
        try {
            return Fuzz.targetOf(test);
        } catch (Exception e) {
            throw new IllegalStateException("there is no such test: " + test, e);
        }
    }

    @FuzzTest(maxDuration = "5m")
    void input(byte[] bytes) throws Exception {
        TARGET.take(bytes);
    }
}
