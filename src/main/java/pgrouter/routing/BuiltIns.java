package pgrouter.routing;

/**
 * The functions of PostgreSQL 15 to 18 of which all overloads are immutable, or stable, and compute from their arguments
 * or read the catalog only. None of them runs SQL that it is given, makes values of a type that it is given as text, or
 * reads what belongs to a node, to a sequence or to a snapshot. Aggregates with the same restrictions are among them.
 */
final class BuiltIns {
    /** Keywords that may stand before a parenthesis. */
    private static final String KEYWORDS =
            "asymmetric boolean both character collate cross dec decimal float grouping ilike inner int json "
                    + "json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize "
                    + "json_table json_value leading national natural nchar normalize precision real returning setof smallint "
                    + "symmetric trailing treat variadic xmlconcat xmlelement xmlforest xmlparse xmlpi xmlroot xmlserialize "
                    + "xmltable";

    private static final String ARRAYS_AND_AGGREGATES =
            "any_value array_append array_cat array_dims array_fill array_lower array_ndims array_position "
                    + "array_positions array_prepend array_remove array_replace array_reverse array_sort array_to_json "
                    + "array_upper bit_and bit_or bit_xor cardinality corr covar_pop covar_samp every generate_subscripts mode "
                    + "percentile_cont percentile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope "
                    + "regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp string_to_array string_to_table trim_array "
                    + "var_pop var_samp variance";

    private static final String NUMBERS =
            "acos acosd acosh asin asind asinh atan atan2 atan2d atand atanh bit_count cbrt ceiling cos cosd cosh cot "
                    + "cotd degrees div erf erfc factorial gamma gcd lcm lgamma log10 min_scale num_nonnulls num_nulls pi pow "
                    + "radians scale sin sind sinh tan tand tanh trim_scale width_bucket";

    private static final String TEXT =
            "ascii bit_length casefold char_length character_length chr convert convert_from convert_to crc32 crc32c "
                    + "decode encode get_bit get_byte hashtext hashtextextended initcap is_normalized octet_length parse_ident "
                    + "quote_nullable regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_split_to_array "
                    + "regexp_split_to_table regexp_substr set_bit set_byte sha224 sha256 sha384 sha512 starts_with to_ascii "
                    + "to_bin to_hex to_oct unicode_assigned unistr uuid_extract_timestamp uuid_extract_version";

    private static final String DATES =
            "date_add date_bin date_subtract isfinite justify_days justify_hours justify_interval make_date "
                    + "make_interval make_time make_timestamp make_timestamptz overlaps timezone isempty lower_inc lower_inf "
                    + "range_agg range_intersect_agg range_merge upper_inc upper_inf";

    private static final String JSON =
            "json_agg_strict json_array_elements json_array_elements_text json_array_length json_each json_each_text "
                    + "json_extract_path json_extract_path_text json_object_agg json_object_agg_strict json_object_agg_unique "
                    + "json_object_agg_unique_strict json_object_keys json_strip_nulls json_to_record json_to_recordset "
                    + "json_typeof jsonb_agg_strict jsonb_array_elements jsonb_array_elements_text jsonb_array_length "
                    + "jsonb_concat jsonb_contained jsonb_contains jsonb_delete jsonb_delete_path jsonb_each jsonb_each_text "
                    + "jsonb_exists jsonb_exists_all jsonb_exists_any jsonb_extract_path jsonb_extract_path_text jsonb_insert "
                    + "jsonb_object jsonb_object_agg jsonb_object_agg_strict jsonb_object_agg_unique "
                    + "jsonb_object_agg_unique_strict jsonb_object_keys jsonb_path_exists jsonb_path_exists_tz jsonb_path_match "
                    + "jsonb_path_match_tz jsonb_path_query jsonb_path_query_array jsonb_path_query_array_tz "
                    + "jsonb_path_query_first jsonb_path_query_first_tz jsonb_path_query_tz jsonb_pretty jsonb_set "
                    + "jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof";

    private static final String SEARCH =
            "array_to_tsvector get_current_ts_config json_to_tsvector jsonb_to_tsvector numnode phraseto_tsquery "
                    + "plainto_tsquery querytree setweight strip to_tsquery to_tsvector ts_delete ts_filter ts_headline "
                    + "ts_lexize ts_parse ts_rank ts_rank_cd ts_token_type tsquery_phrase tsvector_concat tsvector_to_array "
                    + "websearch_to_tsquery";

    private static final String OTHERS =
            "abbrev broadcast family host hostmask inet_merge inet_same_family masklen netmask network set_masklen "
                    + "area bound_box center diagonal diameter height isclosed ishorizontal isopen isparallel isperp isvertical "
                    + "npoints pclose popen radius slope width enum_first enum_last enum_range xml_is_well_formed "
                    + "xml_is_well_formed_content xml_is_well_formed_document xmlagg xmlcomment xmlexists xmltext xpath "
                    + "xpath_exists";

    private static final String TYPES =
            "bit bool box bpchar bytea char cidr circle date datemultirange daterange float4 float8 int2 "
                    + "int4multirange int4range int8multirange int8range line lseg macaddr macaddr8 money multirange name "
                    + "nummultirange numrange oid path point polygon regclass text timestamp timestamptz timetz "
                    + "tsmultirange tsrange tstzmultirange tstzrange varbit xid";

    private static final String CATALOG =
            "acldefault aclexplode getdatabaseencoding has_any_column_privilege has_column_privilege "
                    + "has_database_privilege has_foreign_data_wrapper_privilege has_function_privilege has_language_privilege "
                    + "has_parameter_privilege has_sequence_privilege has_server_privilege has_tablespace_privilege "
                    + "has_type_privilege oidvectortypes pg_basetype pg_char_to_encoding pg_client_encoding pg_collation_for "
                    + "pg_collation_is_visible pg_column_compression pg_column_is_updatable pg_column_size "
                    + "pg_conversion_is_visible pg_describe_object pg_encoding_max_length pg_get_acl "
                    + "pg_get_function_arg_default pg_get_function_arguments pg_get_function_identity_arguments "
                    + "pg_get_function_result pg_get_function_sqlbody pg_get_functiondef pg_get_keywords pg_get_object_address "
                    + "pg_get_partition_constraintdef pg_get_replica_identity_index pg_get_ruledef pg_get_serial_sequence "
                    + "pg_get_statisticsobjdef pg_get_statisticsobjdef_columns pg_get_statisticsobjdef_expressions "
                    + "pg_get_triggerdef pg_has_role pg_identify_object pg_identify_object_as_address "
                    + "pg_index_column_has_property pg_index_has_property pg_indexam_has_property pg_opclass_is_visible "
                    + "pg_operator_is_visible pg_opfamily_is_visible pg_options_to_table pg_partition_root "
                    + "pg_relation_is_updatable pg_size_bytes pg_statistics_obj_is_visible pg_ts_config_is_visible "
                    + "pg_ts_dict_is_visible pg_ts_parser_is_visible pg_ts_template_is_visible row_security_active "
                    + "shobj_description to_regclass to_regnamespace to_regproc to_regprocedure to_regrole to_regtype";

    /** All of them, with blanks between them. */
    static final String NAMES = String.join(
            " ", KEYWORDS, ARRAYS_AND_AGGREGATES, NUMBERS, TEXT, DATES, JSON, SEARCH, OTHERS, TYPES, CATALOG);

    private BuiltIns() {}
}
