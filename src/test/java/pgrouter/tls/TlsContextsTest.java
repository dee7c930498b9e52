package pgrouter.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import pgrouter.config.BackendTls;
import pgrouter.config.Config;
import pgrouter.config.ConfigException;
import pgrouter.config.Problem;

/** The TLS of a whole configuration. */
final class TlsContextsTest {
    private static TlsContexts load(String text) throws ConfigException {
        Path files = Path.of("src/test/resources/tls").toAbsolutePath();
        return TlsContexts.load(
                Config.parse(text + "\nauthdb a", "pgrouter.conf", files).live());
    }

    @Test
    void withoutTlsNothingIsRead() throws ConfigException {
        assertThat(load("backend default { ca missing }\nbackend db1")).isEqualTo(TlsContexts.NONE);
    }

    @Test
    void backendsThatAreConfiguredAlikeShareWhatWasRead() throws ConfigException {
        TlsContexts contexts = load("""
                tls { cert server.crt; key server-encrypted.key; passphrase 'pass phrase'; require on }
                backend default { tls on; ca ca.crt }
                backend db1; backend db2
                backend db3 { tls skipverify; cert client.crt; key client.key }
                backend db4 { tls off }
                """);
        assertThat(contexts.server())
                .hasValueSatisfying(server -> assertThat(server.isRequired()).isTrue());
        assertThat(contexts.clients().keySet())
                .extracting(BackendTls::mode)
                .containsExactlyInAnyOrder(BackendTls.Mode.ON, BackendTls.Mode.SKIPVERIFY);
    }

    @Test
    void allThatIsWrongIsToldAtOnce() {
        ConfigException thrown = catchThrowableOfType(ConfigException.class, () -> load("""
                tls { cert expired.crt; key expired.key }
                backend db1 { tls on; ca missing.crt }
                backend db2 { tls on; ca server.key }
                backend db3 { tls require; cert client.crt; key stranger.key }
                """));
        assertThat(thrown.problems())
                .extracting(problem -> Path.of(problem.file()).getFileName().toString())
                .containsExactlyInAnyOrder("expired.crt", "missing.crt", "server.key", "client.crt");
        assertThat(thrown.problems()).extracting(Problem::message).allMatch(message -> message.startsWith("expected "));
    }
}
