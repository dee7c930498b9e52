package pgrouter.config;

/** The level of the log: each includes those before it. */
public enum LogLevel {
    ERROR,
    WARNING,
    INFO,
    DEBUG;

    /** Returns the next level, which logs more; after DEBUG it is DEBUG. */
    public LogLevel more() {
        return switch (this) {
            case ERROR -> WARNING;
            case WARNING -> INFO;
            case INFO, DEBUG -> DEBUG;
        };
    }
}
