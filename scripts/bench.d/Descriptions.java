/** What the report says of each workload of --only. */
final class Descriptions {
    private Descriptions() {}

    static String of(String workload) {
        return switch (workload) {
            case "tpcb" -> """
                pgbench's TPC-B, `-c 5`, simple protocol: transactions of seven requests, all of them on the primary.
                """;
            case "select-1" -> """
                `pgbench -S`, 1 client: one row by its key, repeatedly: the cost of a round trip.
                """;
            case "select-16" -> """
                `pgbench -S`, 16 clients.
                """;
            case "select-64" -> """
                `pgbench -S`, 64 clients.
                """;
            case "select-250" -> """
                `pgbench -S`, 250 clients.
                """;
            case "connect" -> """
                `pgbench -S -C`, 4 clients: each transaction connects, logs in by SCRAM, reads one row and leaves. The latency covers
                all of that. HAProxy opens a new connection for each; PgBouncer, pgpool-II and pgrouter use those that they have kept.
                """;
            case "mixed" -> """
                16 clients, simple protocol: half of the transactions read one row by its key, the other half update one. With pgrouter a
                session's reads see its writes.
                """;
            case "transactions" -> """
                16 clients, simple protocol: each transaction reads three rows by their keys, and one in ten then updates the last of them.
                pgrouter runs them with `transactions primary`, and then with `optimistic`: on a standby until they write. pgpool-II
                reads from a standby before the write. All others do the same in both tables.
                """;
            case "rows" -> """
                `SELECT` of 10^6 rows in one answer, text format.
                """;
            case "copy-in" -> """
                `COPY ... FROM STDIN WHERE false`: the server reads every row and keeps none, so that the transfer is measured and not
                the disk.
                """;
            case "copy-out" -> """
                `COPY (SELECT ...) TO STDOUT`.
                """;
            case "tls" -> """
                `pgbench -S`, 16 clients, simple protocol, `sslmode=require` towards the proxy; no TLS to the nodes.
                """;
            default -> throw new IllegalArgumentException("no workload is named " + workload);
        };
    }
}
