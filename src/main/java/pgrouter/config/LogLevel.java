package pgrouter.config;

/** How much is logged: each level includes those before it. */
public enum LogLevel {
    ERROR,
    INFO,
    DEBUG;

    /** The level that logs one step more; DEBUG has none above it. */
    public LogLevel more() {
        return switch (this) {
            case ERROR -> INFO;
            case INFO, DEBUG -> DEBUG;
        };
    }
}
