package pgrouter.testing;

/** How much a test does of what it could do for ever: little in each build, much with {@code -Dpgrouter.long=true}. */
public final class LongRun {
    private LongRun() {}

    public static boolean isWanted() {
        return Boolean.getBoolean("pgrouter.long");
    }

    /** So many of something that is done again and again. */
    public static int repetitions(int usually, int inALongRun) {
        return isWanted() ? inALongRun : usually;
    }
}
