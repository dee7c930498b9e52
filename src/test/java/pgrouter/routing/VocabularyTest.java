package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VocabularyTest {
    private static final long SEED = 5432;

    private static Word plain(String name) {
        return lookup(name, true);
    }

    private static Word quoted(String name) {
        return lookup(name, false);
    }

    private static Word lookup(String name, boolean fold) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int hash = Vocabulary.EMPTY_HASH;
        for (byte letter : bytes) {
            hash = Vocabulary.hash(hash, fold ? Vocabulary.lower(letter) : letter);
        }
        return Vocabulary.lookup(bytes, 0, bytes.length, hash, fold);
    }

    @ParameterizedTest
    @CsvSource({
        "select, SELECT", "Select, SELECT", "FOR, FOR", "analyse, ANALYZE", "temp, TEMPORARY", "temporary, TEMPORARY",
        "insert, MODIFY", "delete, MODIFY", "merge, MODIFY", "table, READS", "values, READS", "discard, DISCARD",
        "nextval, REFUSED", "currval, SILENT", "set_config, SET_CONFIG", "count, HARMLESS", "coalesce, HARMLESS"
    })
    void aKnownWordHasItsMeaning(String name, Word word) {
        assertThat(plain(name)).isEqualTo(word);
    }

    @ParameterizedTest
    @CsvSource({
        "pg_advisory_lock, ADVISORY_LOCK",
        "PG_TRY_ADVISORY_XACT_LOCK_SHARED, SILENT",
        "pg_advisory_of_a_later_version, ADVISORY_LOCK",
        "pg_temp, TEMPORARY_SCHEMA",
        "pg_temp_3, TEMPORARY_SCHEMA",
        "pg_stat_activity, SILENT",
        "pg_stat_reset, SILENT",
        "pg_ls_dir, SILENT",
        "pg_control_checkpoint, SILENT",
        "pg_last_wal_replay_lsn, SILENT",
        "pg_wal_replay_pause, SILENT",
        "pg_logical_slot_get_changes, SILENT",
        "pg_log_backend_memory_contexts, SILENT",
        "dblink_exec, SILENT",
        "DBLINK, SILENT",
        "dblink_connect, STATEFUL",
        "pg_backup_start, STATEFUL",
        "pg_create_logical_replication_slot, STATEFUL"
    })
    void aFamilyKnowsItsMembersByTheirBeginning(String name, Word word) {
        assertThat(plain(name)).isEqualTo(word);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "p",
                "pg_",
                "pg_class",
                "pg_stats",
                "pg_advisor",
                "nextva",
                "nextvall",
                "selec",
                "dblin",
                "tempo",
                "é"
            })
    void anyOtherWordIsUnknown(String name) {
        assertThat(plain(name)).isEqualTo(Word.OTHER);
    }

    @Test
    void aQuotedNameIsComparedAsItStands() {
        assertThat(quoted("pg_advisory_lock")).isEqualTo(Word.ADVISORY_LOCK);
        assertThat(quoted("PG_ADVISORY_LOCK")).isEqualTo(Word.OTHER);
        assertThat(quoted("currval")).isEqualTo(Word.SILENT);
        assertThat(quoted("CurrVal")).isEqualTo(Word.OTHER);
    }

    /** The names of the groups are ours, not SQL's. */
    @ParameterizedTest
    @ValueSource(strings = {"modify", "reads", "harmless", "refused", "silent", "stateful", "other"})
    void theNameOfAGroupIsNoWordOfIt(String name) {
        assertThat(plain(name)).isEqualTo(Word.OTHER);
    }

    @Test
    void onlyAToZAreFolded() {
        assertThat(Vocabulary.lower('A')).isEqualTo('a');
        assertThat(Vocabulary.lower('Z')).isEqualTo('z');
        assertThat(Vocabulary.lower('@')).isEqualTo('@');
        assertThat(Vocabulary.lower('[')).isEqualTo('[');
        assertThat(Vocabulary.lower(-61)).isEqualTo(-61);
    }

    @Test
    void aWordIsFoundInTheMiddleOfAnArray() {
        byte[] text = "xnextvaly".getBytes(StandardCharsets.US_ASCII);
        int hash = Vocabulary.EMPTY_HASH;
        for (int at = 1; at < 8; at++) {
            hash = Vocabulary.hash(hash, text[at]);
        }
        assertThat(Vocabulary.lookup(text, 1, 8, hash, true)).isEqualTo(Word.REFUSED);
    }

    @Test
    void randomBytesAreUnknown() {
        Random random = new Random(SEED);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[8 + random.nextInt(80)];
            random.nextBytes(bytes);
            assertThat(Vocabulary.lookup(bytes, 0, bytes.length, random.nextInt(), random.nextBoolean()))
                    .isEqualTo(Word.OTHER);
        }
    }
}
