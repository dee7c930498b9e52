package pgrouter.console;

import pgrouter.config.Config;

/** The rows of {@code SHOW CONFIG}: the configuration with its defaults, as it could be in the file; never a secret. */
final class ConfigTable {
    private ConfigTable() {}

    /** Adds the rows. A value that is not given and has no default is NULL. */
    static void add(Rows rows, Config config) {
        config.settings().forEach(row -> rows.add(row.directive(), row.shown(), row.needsRestart() ? "yes" : "no"));
    }
}
