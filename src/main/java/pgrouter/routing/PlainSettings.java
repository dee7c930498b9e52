package pgrouter.routing;

import java.util.Set;

/**
 * Parameters of a session whose value is the same wherever the same text sets it: one word, number or string, read by
 * itself. Not among them are parameters that quote the members of a list ({@code search_path}), build on the value
 * before ({@code DateStyle}), name the user of the session, or decide its route; nor those of extensions.
 */
public final class PlainSettings {
    private static final Set<String> NAMES = Set.of(
            "application_name",
            "array_nulls",
            "backslash_quote",
            "bytea_output",
            "check_function_bodies",
            "client_min_messages",
            "constraint_exclusion",
            "cpu_index_tuple_cost",
            "cpu_operator_cost",
            "cpu_tuple_cost",
            "default_statistics_target",
            "effective_cache_size",
            "enable_bitmapscan",
            "enable_hashagg",
            "enable_hashjoin",
            "enable_indexonlyscan",
            "enable_indexscan",
            "enable_material",
            "enable_mergejoin",
            "enable_nestloop",
            "enable_partition_pruning",
            "enable_partitionwise_aggregate",
            "enable_partitionwise_join",
            "enable_seqscan",
            "enable_sort",
            "escape_string_warning",
            "extra_float_digits",
            "from_collapse_limit",
            "geqo",
            "geqo_threshold",
            "hash_mem_multiplier",
            "idle_in_transaction_session_timeout",
            "idle_session_timeout",
            "intervalstyle",
            "jit",
            "jit_above_cost",
            "join_collapse_limit",
            "lc_monetary",
            "lc_numeric",
            "lc_time",
            "lock_timeout",
            "maintenance_work_mem",
            "max_parallel_workers_per_gather",
            "parallel_setup_cost",
            "parallel_tuple_cost",
            "plan_cache_mode",
            "quote_all_identifiers",
            "random_page_cost",
            "row_security",
            "seq_page_cost",
            "standard_conforming_strings",
            "statement_timeout",
            "synchronous_commit",
            "tcp_keepalives_count",
            "tcp_keepalives_idle",
            "tcp_keepalives_interval",
            "tcp_user_timeout",
            "timezone",
            "transaction_timeout",
            "work_mem",
            "xmlbinary");

    private PlainSettings() {}

    /** @param name in lower case */
    public static boolean contains(String name) {
        return NAMES.contains(name);
    }
}
