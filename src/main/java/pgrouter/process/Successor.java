package pgrouter.process;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * This program, started again as another process in a session of its own (setsid(2)), which no terminal ends. This
 * serves to run in the background, or as another user where Java has no way to become one. {@code setsid} and
 * {@code setpriv} of util-linux start it.
 */
public final class Successor {
    /** The line that it writes to its standard output when it serves. */
    private static final String READY = "ready";

    private final List<String> command;

    private Successor(List<String> command) {
        this.command = command;
    }

    /**
     * @param present the words of the present command line that are the program's, which follow those of the JVM
     * @param words the words to use instead
     * @param account the account whose privileges it is to have, where not those of this process
     * @throws IOException where the present command line is not known, or the account is not there
     */
    public static Successor of(String[] present, List<String> words, Optional<Account> account)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add("setsid");
        if (account.isPresent()) {
            command.addAll(become(account.get()));
        }
        ProcessHandle.Info own = ProcessHandle.current().info();
        command.add(own.command().orElseThrow(Successor::unknown));
        List<String> arguments = List.of(own.arguments().orElseThrow(Successor::unknown));
        command.addAll(arguments.subList(0, arguments.size() - present.length));
        command.addAll(words);
        return new Successor(command);
    }

    private static IOException unknown() {
        return new IOException("pgrouter cannot start itself again: this system does not tell how it was started");
    }

    private static List<String> become(Account account) throws IOException, InterruptedException {
        account.principal();
        String group = account.group().isPresent() ? account.group().get() : ownGroup(account.user());
        return List.of("setpriv", "--reuid", account.user(), "--regid", group, "--init-groups", "--inh-caps=-all");
    }

    private static String ownGroup(String user) throws IOException, InterruptedException {
        Process id = new ProcessBuilder("id", "-g", "--", user)
                .redirectError(Redirect.DISCARD)
                .start();
        String group = new String(id.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        if (id.waitFor() != 0) {
            throw new IOException("this host does not tell the group of user " + user);
        }
        return group;
    }

    /**
     * Starts it, and waits until it serves or has ended. It reports by {@link #ready} that it serves. Until then its
     * standard error is passed on; afterwards it has none.
     *
     * @return its exit code, or 0 when it serves
     */
    public int detach(PrintStream err) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectInput(Redirect.from(new File("/dev/null")))
                .start();
        Thread cancel = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(cancel);
        Thread errors =
                Thread.ofVirtual().start(() -> process.errorReader().lines().forEach(err::println));
        try (BufferedReader output = process.inputReader()) {
            if (READY.equals(output.readLine())) {
                Runtime.getRuntime().removeShutdownHook(cancel);
                return 0;
            }
        }
        int code = process.waitFor();
        errors.join();
        return code == 0 ? 1 : code;
    }

    /** Reports that the process serves. The detached process calls this. */
    public static void ready(PrintStream out) {
        out.println(READY);
        out.close();
    }

    /**
     * Starts it with the input and the outputs of this process. Passes on the signals that this process gets until it
     * has ended.
     *
     * @return its exit code
     */
    public int attend() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        Signals signals = Signals.heed(() -> signal(process, "TERM"));
        Thread.ofVirtual().start(() -> passOn(signals, process));
        return process.waitFor();
    }

    private static void passOn(Signals signals, Process process) {
        try {
            while (process.isAlive()) {
                signal(process, signals.take() == Signals.Signal.RELOAD ? "HUP" : "TERM");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void signal(Process process, String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            process.destroy();
        }
    }
}
