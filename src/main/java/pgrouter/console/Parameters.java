package pgrouter.console;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The server parameters that drivers ask for. */
public final class Parameters {
    /**
     * The parameters that are reported to a client at its start ({@code GUC_REPORT} in guc_tables.c). The reported
     * encoding is UTF8, whichever the client asks for. The version is the oldest that pgrouter knows, so that psql
     * does not warn of a server newer than itself.
     */
    private static final Map<String, String> REPORTED = Map.ofEntries(
            Map.entry("client_encoding", "UTF8"),
            Map.entry("DateStyle", "ISO, MDY"),
            Map.entry("default_transaction_read_only", "off"),
            Map.entry("in_hot_standby", "off"),
            Map.entry("integer_datetimes", "on"),
            Map.entry("IntervalStyle", "postgres"),
            Map.entry("is_superuser", "off"),
            Map.entry("server_encoding", "UTF8"),
            Map.entry("server_version", "13.0 (pgrouter)"),
            Map.entry("standard_conforming_strings", "on"),
            Map.entry("TimeZone", "UTC"));

    /** The parameters that can be asked for. */
    private static final Map<String, String> SHOWN = shown();

    private Parameters() {}

    /** @param startup parameters of the StartupMessage */
    public static Map<String, String> greeting(Map<String, String> startup) {
        Map<String, String> told = reported();
        told.put("application_name", startup.getOrDefault("application_name", ""));
        told.put("session_authorization", startup.getOrDefault("user", ""));
        return told;
    }

    /** @param name of any case */
    static Optional<String> value(String name) {
        return Optional.ofNullable(SHOWN.get(name));
    }

    private static Map<String, String> shown() {
        Map<String, String> shown = reported();
        shown.put("default_transaction_isolation", "read committed");
        shown.put("extra_float_digits", "1");
        shown.put("search_path", "");
        shown.put("server_version_num", "130000");
        shown.put("transaction_isolation", "read committed");
        shown.put("transaction_read_only", "off");
        return Collections.unmodifiableMap(shown);
    }

    /** The reported parameters. Names are of any case, and in alphabetical order. */
    private static Map<String, String> reported() {
        Map<String, String> reported = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        reported.putAll(REPORTED);
        return reported;
    }
}
