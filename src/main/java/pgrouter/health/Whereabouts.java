package pgrouter.health;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Role;

/**
 * The answer of a node to {@link Probe}: its role and position. A node may answer anything. An answer that no
 * PostgreSQL gives is an {@link IOException}, as any violation of the protocol.
 *
 * @param position empty for a standby that has replayed nothing since its start
 */
record Whereabouts(Role role, Optional<Lsn> position) {
    /** The name of a WAL file begins with its timeline, in eight hexadecimal digits. */
    private static final int TIMELINE_DIGITS = 8;

    /** @param row the row, whose first two columns are read */
    static Whereabouts of(List<Optional<String>> row, int columns) throws IOException {
        if (row.size() != columns) {
            throw new IOException("it answers " + row.size() + " columns in place of " + columns);
        }
        Role role = switch (row.get(0).orElse("NULL")) {
            case "t" -> Role.STANDBY;
            case "f" -> Role.PRIMARY;
            default -> throw new IOException("pg_is_in_recovery() is no boolean there");
        };
        if (row.get(1).isEmpty()) {
            if (role == Role.PRIMARY) {
                throw new IOException("no WAL position");
            }
            return new Whereabouts(role, Optional.empty());
        }
        Lsn position = Lsn.parse(row.get(1).get()).orElseThrow(() -> new IOException("its WAL position is none"));
        return new Whereabouts(role, Optional.of(position));
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
