package pgrouter.console;

import pgrouter.config.Config;

/** The rows of {@code SHOW CONFIG}: the configuration with its defaults, as it could stand in the file; never a secret. */
final class ConfigTable {
    private ConfigTable() {}

    /** A value that is not given and has no default is NULL. */
    static void add(Rows rows, Config config) {
        config.settings().forEach(row -> rows.add(row.directive(), row.shown(), row.needsRestart() ? "yes" : "no"));
    }
}
