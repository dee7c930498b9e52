package pgrouter.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command tags after which others may read something else, or log in otherwise. */
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
        assertThat(tag(tag).writes()).isTrue();
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
                "CLOSE CURSOR ALL",
                "SET CONSTRAINTS",
                "DISCARD PLANS",
                "PREPARE",
                "DEALLOCATE",
                "DISCARD ALL",
                "LISTEN",
                "UNLISTEN",
                "LOAD"
            })
    void doesNotWrite(String tag) {
        assertThat(tag(tag).writes()).isFalse();
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
        assertThat(tag(tag).changesLogins()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"CREATE TABLE", "ALTER DEFAULT PRIVILEGES", "UPDATE 3", "CALL", "COMMIT", "CREATE USER MAPPING"})
    void leavesLoginsAsTheyWere(String tag) {
        assertThat(tag(tag).changesLogins()).isFalse();
    }

    @Test
    void decodesAFrequentTagWithoutAnObjectOfItsOwn() {
        assertThat(tag("SELECT 12")).isSameAs(CommandTag.SELECT);
        assertThat(tag("INSERT 0 1")).isSameAs(tag("INSERT 0 20"));
    }

    @ParameterizedTest
    @CsvSource({
        "COMMIT,COMMIT",
        "INSERT 0 1,INSERT",
        "COPY 5,COPY",
        "DISCARD ALL,DISCARD ALL",
        "CREATE TABLE,CREATE TABLE"
    })
    void namesTheCommandWithoutItsCounts(String text, String command) {
        assertThat(tag(text).command()).isEqualTo(command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0", "COMMIT", "SELECT 1", "7"})
    void readsABodyWithoutAZeroByte(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(CommandTag.decode(bytes, 0, bytes.length)).isNotNull();
    }

    private static CommandTag tag(String text) {
        byte[] body = (text + "\0").getBytes(StandardCharsets.ISO_8859_1);
        return CommandTag.decode(body, 0, body.length);
    }
}
