package pgrouter.log;

import java.io.IOException;
import java.nio.file.Path;

/** The destination of lines. The thread that configures it opens it; from then on only the log's own thread uses it. */
public interface Output {
    /** @throws IOException with the failure in words for an operator */
    void open() throws IOException;

    /** Writes a line. Returns when the system has the line. */
    void write(Log.Level level, String line) throws IOException;

    void close();

    /** The standard error of the process. */
    static Output stderr() {
        return new StderrOutput();
    }

    /** Appends to a file, which is created if it does not exist. */
    static Output file(Path path) {
        return new FileOutput(path);
    }

    /** The system's log. */
    static Output syslog() {
        return new SyslogOutput();
    }
}
