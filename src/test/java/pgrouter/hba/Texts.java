package pgrouter.hba;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import pgrouter.config.ConfigException;
import pgrouter.config.Problem;

/** Reads texts as if they were the files {@code hba} and {@code ident}, and asks about clients. */
final class Texts {
    private static final Path HBA = Path.of("hba");
    private static final Path IDENT = Path.of("ident");

    private Texts() {}

    static Hba hba(String text) {
        return hba(text, "");
    }

    static Hba hba(String text, String ident) {
        try {
            return new HbaFiles().parse(HBA, text, IDENT, ident);
        } catch (ConfigException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    static List<String> problems(String text) {
        return problems(text, "");
    }

    static List<String> problems(String text, String ident) {
        ConfigException wrong =
                catchThrowableOfType(ConfigException.class, () -> new HbaFiles().parse(HBA, text, IDENT, ident));
        return wrong.problems().stream().map(Problem::toString).toList();
    }

    /** A client in the clear; {@code local} stands for a Unix-domain socket. */
    static Connection client(String address, String database, String user) {
        return new Connection(address(address), false, database, user, false);
    }

    static Connection tlsClient(String address, String database, String user) {
        return new Connection(address(address), true, database, user, false);
    }

    static Connection physicalReplication(String address, String user) {
        return new Connection(address(address), false, user, user, true);
    }

    static Optional<InetAddress> address(String text) {
        try {
            return text.equals("local") ? Optional.empty() : Optional.of(InetAddress.getByName(text));
        } catch (UnknownHostException e) {
            throw new AssertionError(text, e);
        }
    }

    /** The method of the rule that is for a client, {@code reject} or {@code none}. */
    static String decision(Hba hba, Connection connection) {
        List<Network> own = List.of(
                Network.of(new byte[] {127, 0, 0, 1}, 8), Network.of(new byte[] {10, 1, 2, 3}, 24), loopback6());
        return switch (hba.decide(connection, () -> own)) {
            case Decision.Ask(Rule rule) -> rule.method().word();
            case Decision.Refuse(String message, Place place) -> message.startsWith("no ") ? "none" : "reject";
        };
    }

    private static Network loopback6() {
        byte[] address = new byte[16];
        address[15] = 1;
        return Network.of(address);
    }
}
