package pgrouter.log;

import java.io.IOException;
import java.nio.file.Path;

/** Where lines go. Opened by whoever configures it, used by the log's own thread only from then on. */
public interface Output {
    /** @throws IOException with what is wrong, in words for an operator */
    void open() throws IOException;

    /** Returns when the system has the line. */
    void write(Log.Level level, String line) throws IOException;

    void close();

    /** The standard error of the process. */
    static Output stderr() {
        return new StderrOutput();
    }

    /** Appends to a file, which it makes where there is none. */
    static Output file(Path path) {
        return new FileOutput(path);
    }

    /** The system's log. */
    static Output syslog() {
        return new SyslogOutput();
    }
}
