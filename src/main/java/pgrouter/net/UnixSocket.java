package pgrouter.net;

import java.nio.file.Path;

/** The path at which PostgreSQL, and so libpq, has a Unix-domain socket ({@code UNIXSOCK_PATH} in pqcomm.h). */
final class UnixSocket {
    private UnixSocket() {}

    static Path file(Path directory, int port) {
        return directory.resolve(".s.PGSQL." + port);
    }
}
