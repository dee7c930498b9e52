package pgrouter.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The jar on the command line, as a process of the Java that runs the tests. */
public final class Jar {
    /** No time for the best code, and no memory that was never touched before. */
    private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private Jar() {}

    /** What Java is told so that it starts quickly; nothing in a long run. */
    public static List<String> quickly() {
        return LongRun.isWanted() ? List.of() : QUICK;
    }

    /** The program {@code java}. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A command that runs the jar with these arguments; more may be added to it. */
    public static List<String> command(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(quickly());
        command.addAll(ClassArchive.options());
        command.addAll(List.of("-jar", System.getProperty("pgrouter.jar")));
        command.addAll(List.of(arguments));
        return command;
    }
}
