package pgrouter.config;

/** How much is logged: each level includes those before it. */
public enum LogLevel {
    ERROR,
    WARNING,
    INFO,
    DEBUG;

    /** The level that logs one step more; DEBUG has none above it. */
    public LogLevel more() {
        return switch (this) {
            case ERROR -> WARNING;
            case WARNING -> INFO;
            case INFO, DEBUG -> DEBUG;
        };
    }
}
