package pgrouter.health;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import pgrouter.cluster.AsynchronousCommits;
import pgrouter.cluster.AsynchronousCommits.Logins;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;
import pgrouter.cluster.Role;

/**
 * The answer of a node to {@link Probe}: its role and position. A node may answer anything. An answer that no
 * PostgreSQL gives is an {@link IOException}, as any violation of the protocol.
 *
 * @param position the flushed one of a primary, the replayed one of a standby; empty for a standby that has replayed
 *     nothing since its start
 * @param ahead the inserted one of a primary, the received one of a standby; empty for a standby that has received
 *     nothing since its start
 * @param asynchronous whether the configuration of a primary lets it acknowledge a commit before its WAL is flushed
 */
record Whereabouts(Role role, Optional<Lsn> position, Optional<Lsn> ahead, boolean asynchronous) {
    /** The name of a WAL file begins with its timeline, in eight hexadecimal digits. */
    private static final int TIMELINE_DIGITS = 8;

    /** @param row the row, whose first four columns are read */
    static Whereabouts of(List<Optional<String>> row, int columns) throws IOException {
        if (row.size() != columns) {
            throw new IOException("it answers " + row.size() + " columns in place of " + columns);
        }
        Role role = switch (row.get(0).orElse("NULL")) {
            case "t" -> Role.STANDBY;
            case "f" -> Role.PRIMARY;
            default -> throw new IOException("pg_is_in_recovery() is no boolean there");
        };
        boolean asynchronous = switch (row.get(3).orElse("NULL")) {
            case "t" -> true;
            case "f" -> false;
            default -> role == Role.PRIMARY;
        };
        return new Whereabouts(role, position(role, row.get(1)), position(role, row.get(2)), asynchronous);
    }

    private static Optional<Lsn> position(Role role, Optional<String> text) throws IOException {
        if (text.isEmpty()) {
            if (role == Role.PRIMARY) {
                throw new IOException("no WAL position");
            }
            return Optional.empty();
        }
        return Optional.of(Lsn.parse(text.get()).orElseThrow(() -> new IOException("its WAL position is none")));
    }

    /**
     * @param timeline 0 where it was not asked for
     * @param askedAt {@link System#nanoTime()} before the question was sent
     * @param logins the settings of roles and databases; empty where they were not asked for
     */
    Node.Place place(int timeline, long askedAt, Optional<Logins> logins) {
        Optional<AsynchronousCommits> commits = role == Role.PRIMARY
                ? Optional.of(AsynchronousCommits.told(
                        asynchronous, logins, position.orElseThrow(), ahead.orElseThrow(), askedAt, System.nanoTime()))
                : Optional.empty();
        return new Node.Place(position, ahead, timeline, askedAt, commits);
    }

    /** The timeline of a primary, by the name of the WAL file that it writes. */
    static int timelineOf(Optional<String> walFile) throws IOException {
        String name = walFile.orElseThrow(() -> new IOException("no WAL file"));
        return timeline(name.substring(0, Math.min(TIMELINE_DIGITS, name.length())), 16);
    }

    /** The timeline of a standby; 0 where it is not known. */
    static int timeline(Optional<String> number) throws IOException {
        return number.isEmpty() ? 0 : timeline(number.get(), 10);
    }

    private static int timeline(String digits, int radix) throws IOException {
        try {
            int timeline = Integer.parseInt(digits, radix);
            if (timeline >= 0) {
                return timeline;
            }
        } catch (NumberFormatException none) {
            // It is reported as an impossible one.
        }
        throw new IOException("its timeline is none");
    }
}
