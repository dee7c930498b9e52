package pgrouter.log;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;

/**
 * The system's log by way of {@code logger} of util-linux, which runs as long as pgrouter does: Java has no datagram
 * sockets of the Unix domain, which syslog uses. Each line begins with its priority, {@code <facility * 8 + severity>}
 * (RFC 5424).
 */
final class SyslogOutput implements Output {
    private static final int DAEMON = 3 << 3;

    private Process logger;
    private OutputStream lines;

    @Override
    public void open() throws IOException {
        try {
            String pid = Long.toString(ProcessHandle.current().pid());
            logger = new ProcessBuilder(
                            "logger", "--tag", "pgrouter", "--id=" + pid, "--prio-prefix", "-p", "daemon.info")
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            lines = logger.getOutputStream();
        } catch (IOException e) {
            throw new IOException("cannot write to syslog: the tool `logger` of util-linux does not run here", e);
        }
    }

    @Override
    public void write(Log.Level level, String line) throws IOException {
        if (!logger.isAlive()) {
            open();
        }
        lines.write(("<" + (DAEMON + severity(level)) + ">" + line + "\n").getBytes(StandardCharsets.UTF_8));
        lines.flush();
    }

    private static int severity(Log.Level level) {
        return switch (level) {
            case ERROR -> 3;
            case WARNING -> 4;
            case LOG, INFO -> 6;
            case DEBUG -> 7;
        };
    }

    /** Closes the input of {@code logger}, which then writes what it has and ends. */
    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException alreadyGone) {
            logger.destroy();
        }
    }
}
