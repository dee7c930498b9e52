import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The log that pgbench -l writes: every transaction of a run. Times are microseconds. */
record TransactionLog(List<Transaction> transactions, long failed) {
    /** @param completed since 1970 */
    record Transaction(int client, long latency, long completed) {}

    /** @param prefix with which the names of the files begin; pgbench makes one for each of its threads */
    static TransactionLog read(Path directory, String prefix) throws IOException {
        List<Transaction> transactions = new ArrayList<>();
        long failed = 0;
        for (Path file : files(directory, prefix)) {
            for (String line : Files.readAllLines(file)) {
                // client_id transaction_no time script_no time_epoch time_us
                String[] fields = line.split(" ");
                if (fields[2].equals("failed")) {
                    failed++;
                } else {
                    long completed = Long.parseLong(fields[4]) * 1_000_000 + Long.parseLong(fields[5]);
                    transactions.add(
                            new Transaction(Integer.parseInt(fields[0]), Long.parseLong(fields[2]), completed));
                }
            }
        }
        return new TransactionLog(transactions, failed);
    }

    private static List<Path> files(Path directory, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .toList();
        }
    }

    /** In ascending order. */
    long[] latencies() {
        return transactions.stream().mapToLong(Transaction::latency).sorted().toArray();
    }

    /**
     * From one transaction of a client to its next, in ascending order: with a connection for each, that is all of connecting,
     * logging in, asking and leaving, of which pgbench's own latency has the asking only.
     */
    long[] cycles() {
        Map<Integer, Long> last = new HashMap<>();
        LongStream.Builder cycles = LongStream.builder();
        for (Transaction transaction : transactions) {
            Long before = last.put(transaction.client(), transaction.completed());
            if (before != null) {
                cycles.add(transaction.completed() - before);
            }
        }
        return cycles.build().sorted().toArray();
    }

    /** Those that were completed in the window. */
    TransactionLog within(Window window) {
        return new TransactionLog(
                transactions.stream().filter(t -> window.includes(t.completed())).toList(), failed);
    }
}
