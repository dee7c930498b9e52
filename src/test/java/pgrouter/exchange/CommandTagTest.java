package pgrouter.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which command tags say that others may now read something else, or log in otherwise. */
final class CommandTagTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT 0 1",
                "UPDATE 0",
                "DELETE 3",
                "MERGE 1",
                "COPY 5",
                "CREATE TABLE",
                "CREATE INDEX",
                "ALTER TABLE",
                "TRUNCATE TABLE",
                "COMMIT PREPARED",
                "ROLLBACK PREPARED",
                "PREPARE TRANSACTION",
                "REFRESH MATERIALIZED VIEW",
                "CALL",
                "DO",
                "NOTIFY",
                "VACUUM",
                "GRANT",
                "SOMETHING NEW"
            })
    void writes(String tag) {
        assertThat(CommandTag.writes(tag + "\0")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                "SHOW",
                "SET",
                "BEGIN",
                "START TRANSACTION",
                "COMMIT",
                "ROLLBACK",
                "FETCH 1",
                "MOVE 1",
                "RESET",
                "SAVEPOINT",
                "RELEASE",
                "EXPLAIN",
                "DECLARE CURSOR",
                "CLOSE CURSOR",
                "PREPARE",
                "DEALLOCATE",
                "DISCARD ALL",
                "LISTEN",
                "UNLISTEN",
                "LOAD"
            })
    void doesNotWrite(String tag) {
        assertThat(CommandTag.writes(tag + "\0")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE ROLE",
                "ALTER ROLE",
                "DROP ROLE",
                "GRANT",
                "REVOKE",
                "GRANT ROLE",
                "REVOKE ROLE",
                "ALTER DATABASE",
                "DROP DATABASE",
                "DROP OWNED",
                "REASSIGN OWNED",
                "COMMIT PREPARED",
                "DO"
            })
    void changesLogins(String tag) {
        assertThat(CommandTag.changesLogins(tag + "\0")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"CREATE TABLE", "ALTER DEFAULT PRIVILEGES", "UPDATE 3", "CALL", "COMMIT", "CREATE USER MAPPING"})
    void leavesLoginsAsTheyWere(String tag) {
        assertThat(CommandTag.changesLogins(tag + "\0")).isFalse();
    }
}
