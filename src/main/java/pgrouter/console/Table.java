package pgrouter.console;

import java.util.List;

/** The tables that {@code SHOW} knows, and their columns. */
enum Table {
    BACKENDS(
            "address role state drained lag_bytes lag_limit weight pipes_open pipes_warm reads writes redirects reason"),
    CLIENTS("client user database address application_name state since tls"),
    SERVERS("client backend use process_id"),
    STATS("name value"),
    ROUTES("route backend requests"),
    LEARNED("text routes"),
    SHAPES("database text depth wrote only_read goes_to"),
    CONFIG("directive value restart"),
    VERSION("version"),
    HELP("statement meaning");

    private final String columns;

    Table(String columns) {
        this.columns = columns;
    }

    List<String> columns() {
        return List.of(columns.split(" ", -1));
    }
}
