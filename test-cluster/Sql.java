import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Stands in for psql where it is not installed: {@code java Sql.java DIRECTORY PORT USER DATABASE [-c SQL]...} runs each SQL, else
 * each line of standard input, in one session on the Unix-domain socket in that directory, which must ask for no password. Prints
 * rows with tabs between the columns. A line {@code \! COMMAND} runs a shell command, as in psql. Ends with 1 at the first error.
 */
final class Sql {
    private final DataInputStream in;
    private final DataOutputStream out;
    private final PrintStream rows = new PrintStream(System.out, false, UTF_8);

    private Sql(SocketChannel channel) {
        // Streams of one channel share its lock: harmless here, where nothing is read and written at the same time.
        in = new DataInputStream(Channels.newInputStream(channel));
        out = new DataOutputStream(Channels.newOutputStream(channel));
    }

    public static void main(String[] arguments) throws Exception {
        Path socket = Path.of(arguments[0], ".s.PGSQL." + arguments[1]);
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            Sql session = new Sql(channel);
            session.logIn(arguments[2], arguments[3]);
            session.runAll(List.of(arguments).subList(4, arguments.length));
        } catch (IOException e) {
            System.err.println(socket + ": " + e.getMessage());
            System.exit(1);
        }
    }

    private void logIn(String user, String database) throws IOException {
        byte[] parameters = ("user\0" + user + "\0database\0" + database + "\0\0").getBytes(UTF_8);
        out.writeInt(8 + parameters.length);
        out.writeInt(3 << 16);
        out.write(parameters);
        readUntilReady();
    }

    private void runAll(List<String> options) throws Exception {
        for (int i = 0; i < options.size(); i += 2) {
            if (!options.get(i).equals("-c") || i + 1 == options.size()) {
                throw new IOException("psql is not installed, and its stand-in knows only -c SQL");
            }
            query(options.get(i + 1));
        }
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        String line;
        while (options.isEmpty() && (line = lines.readLine()) != null) {
            if (line.startsWith("\\! ")) {
                shell(line.substring(3));
            } else {
                query(line);
            }
        }
    }

    private static void shell(String command) throws Exception {
        new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor();
    }

    private void query(String sql) throws IOException {
        byte[] text = (sql + "\0").getBytes(UTF_8);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write('Q');
        message.write(ByteBuffer.allocate(4).putInt(4 + text.length).array());
        message.write(text);
        message.writeTo(out);
        readUntilReady();
    }

    private void readUntilReady() throws IOException {
        String error = "";
        int tag;
        do {
            tag = in.readUnsignedByte();
            ByteBuffer body = ByteBuffer.wrap(in.readNBytes(in.readInt() - 4));
            if (tag == 'E') {
                error = messageOf(body);
            } else if (tag == 'D') {
                rows.println(String.join("\t", columns(body)));
            } else if (tag == 'R' && body.getInt() != 0) {
                throw new IOException("asks for a password");
            } else if (tag == 'G') {
                throw new IOException("COPY FROM STDIN is not supported: install psql");
            }
        } while (tag != 'Z' && !(tag == 'E' && error.startsWith("FATAL")));
        rows.flush();
        if (!error.isEmpty()) {
            throw new IOException(error);
        }
    }

    private static List<String> columns(ByteBuffer row) {
        List<String> columns = new ArrayList<>();
        for (int left = row.getShort(); left > 0; left--) {
            byte[] value = new byte[Math.max(0, row.getInt())];
            row.get(value);
            columns.add(new String(value, UTF_8));
        }
        return columns;
    }

    /** Severity and message of an ErrorResponse: fields of one type byte and a text that ends with a zero. */
    private static String messageOf(ByteBuffer error) {
        String severity = "";
        String message = "";
        for (String field : UTF_8.decode(error).toString().split("\0")) {
            if (field.startsWith("V")) {
                severity = field.substring(1);
            } else if (field.startsWith("M")) {
                message = field.substring(1);
            }
        }
        return severity + ": " + message;
    }
}
