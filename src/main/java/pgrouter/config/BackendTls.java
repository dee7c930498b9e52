package pgrouter.config;

/** Whether pipes to a backend are encrypted: never, with a verified certificate, or with any certificate. */
public enum BackendTls {
    OFF,
    ON,
    SKIPVERIFY
}
