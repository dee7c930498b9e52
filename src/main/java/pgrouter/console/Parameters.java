package pgrouter.session;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a client of the console is told by ParameterStatus: what drivers look for ({@code GUC_REPORT} in guc_tables.c). */
final class ConsoleParameters {
    private ConsoleParameters() {}

    /**
     * Whatever encoding the client asks for, it is told that it is UTF8. The version is the oldest that pgrouter knows, so that psql
     * does not warn of a server newer than itself.
     *
     * @param startup parameters of the startup message
     */
    static Map<String, String> of(Map<String, String> startup) {
        Map<String, String> told = new LinkedHashMap<>();
        told.put("application_name", startup.getOrDefault("application_name", ""));
        told.put("client_encoding", "UTF8");
        told.put("DateStyle", "ISO, MDY");
        told.put("default_transaction_read_only", "off");
        told.put("in_hot_standby", "off");
        told.put("integer_datetimes", "on");
        told.put("IntervalStyle", "postgres");
        told.put("is_superuser", "off");
        told.put("server_encoding", "UTF8");
        told.put("server_version", "13.0 (pgrouter)");
        told.put("session_authorization", startup.getOrDefault("user", ""));
        told.put("standard_conforming_strings", "on");
        told.put("TimeZone", "UTC");
        return told;
    }
}
