import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The workloads of a run of scripts/bench. */
final class Workloads {
    static final List<Integer> PLOTTED_CLIENTS = List.of(1, 2, 4, 8, 16, 32, 64);
    static final List<String> PLOTTED_PROTOCOLS = List.of("simple", "prepared");
    private static final List<String> PROTOCOLS = List.of("simple", "extended", "prepared");

    private final Settings settings;

    Workloads(Settings settings) {
        this.settings = settings;
    }

    /** In the order of the report; none twice. */
    List<Workload> chosen() throws IOException {
        Map<String, Workload> chosen = new LinkedHashMap<>();
        for (String name : settings.workloads()) {
            named(name).forEach(workload -> chosen.put(workload.name(), workload));
        }
        if (settings.plots()) {
            plotted().forEach(workload -> chosen.putIfAbsent(workload.name(), workload));
        }
        return List.copyOf(chosen.values());
    }

    /**
     * What every target does before anything counts: pools fill, for which there are as many clients as there will be at most, and a
     * JVM compiles what it runs, for which every workload is run. PgBouncer opens its connections one after the other, and only
     * when a client waits.
     */
    List<Workload> warmUp() throws IOException {
        int most = chosen().stream().mapToInt(Workloads::clients).max().orElse(1);
        List<Workload> workloads = new ArrayList<>();
        workloads.add(pgbench("warm-up", 5, 7, EnumSet.of(Workload.Trait.WRITES), List.of()));
        PROTOCOLS.forEach(protocol -> workloads.add(select(most, protocol)));
        for (String name : settings.workloads()) {
            workloads.addAll(named(name));
        }
        return workloads.stream().distinct().toList();
    }

    private static int clients(Workload workload) {
        return switch (workload) {
            case Workload.Pgbench pgbench -> pgbench.clients();
            case Workload.Transfer ignored -> 1;
        };
    }

    private List<Workload> named(String name) throws IOException {
        return switch (name) {
            case "tpcb" -> List.of(pgbench(name, 5, 7, EnumSet.of(Workload.Trait.WRITES), List.of()));
            case "select-1", "select-16", "select-64", "select-250" -> selects(
                    Integer.parseInt(name.substring("select-".length())));
            case "connect" -> List.of(pgbench(name, 4, 1, EnumSet.of(Workload.Trait.RECONNECTS), List.of("-S", "-C")));
            case "mixed" -> List.of(mixed());
            case "transactions" -> List.of(
                    transactions("primary", EnumSet.of(Workload.Trait.WRITES)),
                    transactions("optimistic", EnumSet.of(Workload.Trait.WRITES, Workload.Trait.OPTIMISTIC)));
            case "rows" -> List.of(transfer(name, "SELECT * FROM pgbench_accounts", 1));
            case "copy-in" -> List.of(copyIn());
            case "copy-out" -> List.of(transfer(name, copyOut(), settings.copies()));
            case "tls" -> List.of(pgbench(name, 16, 1, EnumSet.of(Workload.Trait.ENCRYPTS), List.of("-S")));
            default -> throw new IllegalArgumentException("no workload is named " + name);
        };
    }

    /** Whether its rate is bytes, not transactions. */
    static boolean isTransfer(String name) {
        return List.of("rows", "copy-in", "copy-out").contains(name);
    }

    private List<Workload> selects(int clients) {
        return PROTOCOLS.stream().map(protocol -> select(clients, protocol)).toList();
    }

    private List<Workload> plotted() {
        return PLOTTED_PROTOCOLS.stream()
                .flatMap(protocol -> PLOTTED_CLIENTS.stream().map(clients -> select(clients, protocol)))
                .toList();
    }

    static String selectName(int clients, String protocol) {
        return "select-" + clients + " " + protocol;
    }

    private Workload select(int clients, String protocol) {
        Set<Workload.Trait> traits = EnumSet.noneOf(Workload.Trait.class);
        if (protocol.equals("prepared")) {
            traits.add(Workload.Trait.PREPARES);
        }
        return pgbench(selectName(clients, protocol), clients, 1, traits, List.of("-S", "-M", protocol));
    }

    private Workload mixed() {
        String read = settings.sources().resolve("read.sql") + "@1";
        String write = settings.sources().resolve("write.sql") + "@1";
        List<String> arguments = List.of("-s", "" + settings.scale(), "-f", read, "-f", write);
        return pgbench("mixed", 16, 1, EnumSet.of(Workload.Trait.WRITES), arguments);
    }

    private Workload transactions(String mode, Set<Workload.Trait> traits) {
        String read = settings.sources().resolve("transaction-read.sql") + "@9";
        String write = settings.sources().resolve("transaction-write.sql") + "@1";
        List<String> arguments = List.of("-s", "" + settings.scale(), "-f", read, "-f", write);
        return pgbench("transactions " + mode, 16, 5, traits, arguments);
    }

    private static Workload pgbench(
            String name, int clients, int requests, Set<Workload.Trait> traits, List<String> arguments) {
        return new Workload.Pgbench(name, clients, requests, traits, arguments);
    }

    /** The server reads the rows and keeps none: what is measured is the way there, not the disk. */
    private Workload copyIn() throws IOException {
        Path input = settings.work().resolve("copy-in");
        String sql = "COPY pgbench_accounts FROM STDIN WHERE false";
        return new Workload.Transfer("copy-in", sql, input, Files.size(input));
    }

    private String copyOut() {
        return "COPY (SELECT a.* FROM generate_series(1, " + settings.copies() + "), pgbench_accounts a) TO STDOUT";
    }

    private Workload transfer(String name, String sql, int copies) throws IOException {
        long table = Files.size(settings.work().resolve("accounts"));
        return new Workload.Transfer(name, sql, Client.NO_INPUT, copies * table);
    }
}
