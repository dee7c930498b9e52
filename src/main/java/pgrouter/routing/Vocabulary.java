package pgrouter.routing;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * The words that {@link SqlScanner} knows, in a hash table whose lookup makes no string. Immutable after the class is
 * loaded. Any thread.
 */
final class Vocabulary {
    private static final int SIZE = 4096;
    private static final Set<Word> GROUPS =
            Set.of(Word.MODIFY, Word.READS, Word.ENDS, Word.LISTENS, Word.CLOSES, Word.CLOCK, Word.NODE_SETTING);
    private static final byte[][] NAMES = new byte[SIZE][];
    private static final Word[] WORDS = new Word[SIZE];

    static {
        for (Word word : Word.values()) {
            if (word != Word.OTHER && !word.isName() && !GROUPS.contains(word)) {
                add(word, word.name());
            }
        }
        add(Word.ANALYZE, "ANALYSE");
        add(Word.TEMPORARY, "TEMP");
        add(Word.MODIFY, "INSERT DELETE MERGE");
        add(Word.READS, "TABLE VALUES");
        add(Word.ENDS, "COMMIT END ROLLBACK ABORT");
        add(Word.LISTENS, "LISTEN UNLISTEN");
        add(Word.CLOSES, "CLOSE DROP");
        add(Word.SAVEPOINT, "RELEASE");
        add(Word.CLOCK, "current_timestamp current_date current_time localtime localtimestamp");
        add(Word.VARYING, "now random version pg_sleep");
        add(
                Word.OF_NODE,
                "pg_timezone_names pg_timezone_abbrevs pg_config pg_available_extensions pg_available_extension_versions "
                        + "pg_replication_origin_status pg_wait_events");
        add(
                Word.VOLATILE,
                "age pg_extension_update_paths pg_tablespace_databases clock_timestamp statement_timestamp transaction_timestamp timeofday pg_sleep_for pg_sleep_until "
                        + "random_normal array_sample array_shuffle gen_random_uuid uuidv4 uuidv7 inet_client_addr "
                        + "txid_current_if_assigned pg_current_xact_id_if_assigned txid_status pg_xact_status "
                        + "pg_xact_commit_timestamp pg_xact_commit_timestamp_origin pg_last_committed_xact "
                        + "pg_get_multixact_members pg_tablespace_size pg_tablespace_location pg_jit_available "
                        + "pg_numa_available pg_get_loaded_modules pg_get_wait_events pg_get_wal_resource_managers "
                        + "pg_get_shmem_allocations_numa pg_collation_actual_version "
                        + "pg_database_collation_actual_version pg_replication_origin_progress "
                        + "pg_replication_origin_session_is_setup pg_replication_origin_session_progress "
                        + "pg_timezone_abbrevs_zone pg_timezone_abbrevs_abbrevs");
        add(Word.NODE_SETTING, "transaction_read_only in_hot_standby");
        add(Word.PREPARED_STATEMENTS, "pg_prepared_statements pg_prepared_statement");
        add(Word.EXPORT_SNAPSHOT, "pg_export_snapshot");
        add(Word.SET_CONFIG, "set_config");
        add(Word.CURRENT_SETTING, "current_setting");
        add(Word.SET_SEED, "setseed");
        add(Word.LAST_VALUE, "last_value");
        add(
                Word.RELATION_SIZE,
                "pg_relation_size pg_table_size pg_total_relation_size pg_indexes_size pg_database_size");
        add(
                Word.REFUSED,
                "nextval setval pg_notify txid_current pg_current_xact_id pg_logical_emit_message pg_switch_wal "
                        + "pg_switch_xlog pg_create_restore_point pg_current_wal_lsn pg_current_wal_insert_lsn "
                        + "pg_current_wal_flush_lsn pg_walfile_name pg_walfile_name_offset pg_nextoid");
        add(
                Word.STATEFUL,
                "dblink_connect dblink_connect_u dblink_disconnect "
                        + "query_to_xml query_to_xmlschema query_to_xml_and_xmlschema cursor_to_xml ts_stat ts_rewrite "
                        + "pg_replication_origin_session_setup pg_replication_origin_session_reset "
                        + "pg_start_backup pg_backup_start pg_create_physical_replication_slot "
                        + "pg_create_logical_replication_slot pg_copy_physical_replication_slot "
                        + "pg_copy_logical_replication_slot");
        add(
                Word.SILENT,
                "currval lastval pg_is_in_recovery pg_backend_pid inet_server_addr inet_server_port inet_client_port "
                        + "pg_postmaster_start_time pg_conf_load_time pg_is_wal_replay_paused pg_get_wal_replay_pause_state "
                        + "pg_last_xact_replay_timestamp pg_listening_channels pg_notification_queue_usage "
                        + "pg_current_snapshot txid_current_snapshot pg_reload_conf pg_rotate_logfile pg_cancel_backend "
                        + "pg_terminate_backend pg_prewarm pg_promote pg_stop_backup pg_backup_stop "
                        + "pg_sync_replication_slots pg_drop_replication_slot pg_prepared_xact "
                        + "pg_replication_slot_advance "
                        + "pg_get_replication_slots pg_replication_slots pg_locks pg_lock_status "
                        + "pg_prepared_xacts pg_cursors pg_cursor pg_settings "
                        + "pg_blocking_pids pg_safe_snapshot_blocking_pids pg_read_file pg_read_binary_file pg_stat_file "
                        + "pg_hba_file_rules pg_file_settings pg_show_all_file_settings pg_ident_file_mappings pg_sequences "
                        + "pg_sequence_last_value pg_get_sequence_data lo_export lo_import dblink_exec dblink_open "
                        + "pg_get_backend_memory_contexts pg_backend_memory_contexts pg_shmem_allocations "
                        + "pg_get_shmem_allocations pg_current_logfile pg_show_all_settings "
                        + "pg_show_replication_origin_status pg_buffercache pg_my_temp_schema pg_is_other_temp_schema "
                        + "pg_isolation_test_session_is_blocked pg_available_wal_summaries pg_get_wal_summarizer_state "
                        + "pg_wal_summary_contents pg_aios pg_get_aios pg_shmem_allocations_numa pg_dsm_registry_allocations");
        add(
                Word.HARMLESS,
                "abs and any array array_agg array_length array_to_string as avg between bigint bool_and bool_or "
                        + "btrim by case cast ceil coalesce concat concat_ws count cume_dist current_database current_schema date_part "
                        + "date_trunc dense_rank distinct else except exists exp extract filter first_value floor format from "
                        + "generate_series greatest group having if in int4 int8 integer intersect interval is isnull join "
                        + "json_agg json_build_array json_build_object jsonb_agg jsonb_build_array jsonb_build_object lag lateral lead "
                        + "least left length like limit ln log lower lpad ltrim max md5 min mod not notnull ntile nullif numeric "
                        + "nth_value offset on or order over overlay partition percent_rank position power quote_ident "
                        + "quote_literal rank regexp_replace repeat replace reverse right round row row_number row_to_json rpad "
                        + "rtrim select sign similar some split_part sqrt string_agg strpos substr substring sum then to_char to_date "
                        + "to_json to_jsonb to_number to_timestamp translate trim trunc union unnest upper using values varchar "
                        + "where within pg_typeof pg_get_indexdef pg_get_viewdef pg_get_expr "
                        + "pg_get_constraintdef pg_get_userbyid pg_table_is_visible pg_type_is_visible pg_function_is_visible "
                        + "format_type obj_description col_description has_table_privilege has_schema_privilege pg_encoding_to_char "
                        + "pg_size_pretty current_schemas pg_get_partkeydef");
        add(Word.BUILT_IN, BuiltIns.NAMES);
    }

    private Vocabulary() {}

    /** The start value of the hash that {@link #hash(int, byte)} continues. */
    static final int EMPTY_HASH = 0x811c9dc5;

    /** One step of FNV-1a over the letters in lower case. */
    static int hash(int hash, int lowerCase) {
        return (hash ^ lowerCase) * 0x01000193;
    }

    /** Folds A to Z to lower case, and returns every other byte as it is. */
    static int lower(int letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    }

    /**
     * @param hash of the bytes as {@link #hash} makes it
     * @param fold whether A to Z in the text count as a to z
     */
    static Word lookup(byte[] text, int start, int end, int hash, boolean fold) {
        for (int slot = slot(hash); NAMES[slot] != null; slot = slot + 1 & SIZE - 1) {
            if (matches(NAMES[slot], text, start, end, fold)) {
                return WORDS[slot];
            }
        }
        return family(text, start, end, fold);
    }

    /** Looks up functions and views that come in families, to which later versions add members. */
    private static Word family(byte[] text, int start, int end, boolean fold) {
        if (!mayBeginFamily(text, start, end)) {
            return Word.OTHER;
        }
        if (begins("pg_advisory_xact_", text, start, end, fold)
                || begins("pg_try_advisory_xact_", text, start, end, fold)) {
            return Word.SILENT;
        }
        if (begins("pg_advisory_", text, start, end, fold) || begins("pg_try_advisory_", text, start, end, fold)) {
            return Word.ADVISORY_LOCK;
        }
        if (begins("pg_temp", text, start, end, fold)) {
            return Word.TEMPORARY_SCHEMA;
        }
        return isSilentFamily(text, start, end, fold) ? Word.SILENT : Word.OTHER;
    }

    /** Whether a word may be of a family. All of them begin with a P or a D, so most words are not looked at any further. */
    private static boolean mayBeginFamily(byte[] text, int start, int end) {
        int first = end > start ? lower(text[start]) : 0;
        return first == 'p' || first == 'd';
    }

    private static boolean isSilentFamily(byte[] text, int start, int end, boolean fold) {
        if (begins("pg_", text, start, end, fold)) {
            return begins("pg_stat_", text, start, end, fold)
                    || begins("pg_statio_", text, start, end, fold)
                    || begins("pg_ls_", text, start, end, fold)
                    || begins("pg_control_", text, start, end, fold)
                    || begins("pg_last_wal_", text, start, end, fold)
                    || begins("pg_wal_replay_", text, start, end, fold)
                    || begins("pg_log_", text, start, end, fold)
                    || begins("pg_logical_slot_", text, start, end, fold);
        }
        return begins("dblink", text, start, end, fold);
    }

    private static boolean begins(String prefix, byte[] text, int start, int end, boolean fold) {
        if (end - start < prefix.length()) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            int letter = text[start + i];
            if ((fold ? lower(letter) : letter) != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a piece of text is this word in any case. The word is in ASCII and lower case. */
    static boolean equals(String word, byte[] text, int start, int end) {
        return end - start == word.length() && begins(word, text, start, end, true);
    }

    /** Whether a piece of text is this name. */
    static boolean matches(byte[] name, byte[] text, int start, int end, boolean fold) {
        if (name.length != end - start) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            int letter = text[start + i];
            if ((fold ? lower(letter) : letter) != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** Adds names. A name that was added before keeps its meaning. */
    private static void add(Word word, String names) {
        for (String name : names.toLowerCase(Locale.ROOT).split(" ")) {
            byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
            int hash = EMPTY_HASH;
            for (byte letter : bytes) {
                hash = hash(hash, letter);
            }
            int slot = slot(hash);
            while (NAMES[slot] != null && !matches(NAMES[slot], bytes, 0, bytes.length, false)) {
                slot = slot + 1 & SIZE - 1;
            }
            if (NAMES[slot] == null) {
                NAMES[slot] = bytes;
                WORDS[slot] = word;
            }
        }
    }

    private static int slot(int hash) {
        return (hash ^ hash >>> 15) & SIZE - 1;
    }
}
