package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.SharedCluster;

/** The functions that count as harmless, in the catalog of a real server. */
@Tag("versions")
@ExtendWith(SharedCluster.class)
final class BuiltInsIT {
    private static final int NEWEST_LISTED = 180_000;
    private static final String NAMES = "unnest(string_to_array('" + BuiltIns.NAMES + "', ' '))";

    private final PostgresCluster cluster;

    BuiltInsIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    private String ask(String query) throws SQLException {
        return cluster.ask(1, query);
    }

    @Test
    void noneOfThemIsVolatileOrAProcedure() throws SQLException {
        assertThat(ask(
                        "SELECT coalesce(string_agg(DISTINCT proname, ' '), '') FROM pg_catalog.pg_proc WHERE oid < 16384"
                                + " AND (provolatile = 'v' OR prokind = 'p') AND proname IN (SELECT " + NAMES + ")"))
                .isEmpty();
    }

    @Test
    void eachOfThemIsAFunctionOrAKeyword() throws SQLException {
        int version = Integer.parseInt(ask("SELECT current_setting('server_version_num')"));
        String unknown = ask("SELECT coalesce(string_agg(name, ' '), '') FROM " + NAMES + " AS name"
                + " WHERE name NOT IN (SELECT proname FROM pg_catalog.pg_proc)"
                + " AND name NOT IN (SELECT word FROM pg_catalog.pg_get_keywords() WHERE catcode <> 'U')");
        if (version >= NEWEST_LISTED) {
            assertThat(unknown).isEmpty();
        } else {
            assertThat(unknown).doesNotContain("jsonb_set").contains("any_value");
        }
    }
}
