package pgrouter.log;

import java.io.IOException;

final class StderrOutput implements Output {
    @Override
    public void open() {}

    @Override
    public void write(Log.Level level, String line) throws IOException {
        System.err.println(line);
        if (System.err.checkError()) {
            throw new IOException("nobody reads standard error");
        }
    }

    @Override
    public void close() {}
}
