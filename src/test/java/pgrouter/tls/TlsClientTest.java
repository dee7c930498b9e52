package pgrouter.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.config.BackendTls;
import pgrouter.config.BackendTls.Mode;
import pgrouter.config.ConfigException;
import pgrouter.net.Carrier;
import pgrouter.testing.TlsFiles;

/** Which servers pgrouter believes, and what it shows them. */
@Timeout(60)
final class TlsClientTest {
    private Ends ends;

    @AfterEach
    void close() throws IOException {
        if (ends != null) {
            ends.close();
        }
    }

    private void connect(TlsClient client, String identity) throws Exception {
        ends = Ends.dialled(Carrier.JDK, client, identity, wire -> wire, socket -> {});
    }

    private static TlsClient withoutAuthority(Mode mode) throws Exception {
        return TlsClient.load(new BackendTls(mode, Optional.empty(), Optional.empty()));
    }

    /** The servers: a good one, one of another name, one whose time is over, one of an unknown authority. */
    @ParameterizedTest
    @CsvSource({
        "ON,server,",
        "ON,elsewhere,matching localhost found",
        "ON,expired,validity check failed",
        "ON,stranger,unable to find valid certification path",
        "DIRECT,server,",
        "DIRECT,elsewhere,matching localhost found",
        "REQUIRE,server,",
        "REQUIRE,elsewhere,",
        "REQUIRE,expired,validity check failed",
        "REQUIRE,ed25519,unable to find valid certification path",
        "SKIPVERIFY,server,",
        "SKIPVERIFY,elsewhere,",
        "SKIPVERIFY,ed25519,"
    })
    void eachModeAsksForSoMuch(Mode mode, String identity, String refusal) throws Exception {
        TlsClient client = mode == Mode.SKIPVERIFY ? withoutAuthority(mode) : Ends.client(mode, "ca.crt");
        if (refusal == null) {
            connect(client, identity);
            assertThat(ends.ours().peerCertificate()).isPresent();
        } else {
            assertThatThrownBy(() -> connect(client, identity)).hasMessageContaining(refusal);
        }
    }

    @Test
    void withoutAnAuthorityTheJdksCount() throws Exception {
        assertThatThrownBy(() -> connect(withoutAuthority(Mode.ON), "server"))
                .hasMessageContaining("unable to find valid certification path");
        connect(withoutAuthority(Mode.REQUIRE), "stranger");
    }

    @Test
    void theServersOwnCertificateMayBeTheAuthority() throws Exception {
        connect(Ends.client(Mode.ON, "ed25519.crt"), "ed25519");
        assertThat(ends.ours().peerCertificate()).isPresent();
    }

    private static TlsClient withRevocations(String crl) throws ConfigException {
        return TlsClient.load(
                new BackendTls(Mode.ON, Optional.of(TlsFiles.authority("ca.crt", crl)), Optional.empty()));
    }

    @Test
    void aCertificateThatWasTakenBackIsNotBelieved() throws Exception {
        connect(withRevocations("ca.crl"), "ec");
        ends.close();
        assertThatThrownBy(() -> connect(withRevocations("ca.crl"), "revoked")).hasMessageContaining("revoked");
    }

    /** As with OpenSSL's X509_V_FLAG_CRL_CHECK_ALL, which PostgreSQL and libpq set: "unable to get certificate CRL". */
    @Test
    void norIsOneThatNoListIsAbout() throws Exception {
        assertThatThrownBy(() -> connect(withRevocations("other-ca.crl"), "ec"))
                .hasMessageContaining("Could not determine revocation status");
        assertThatThrownBy(() -> connect(withRevocations("ca.crl"), "server"))
                .as("the list of the intermediate is missing")
                .hasMessageContaining("Could not determine revocation status");
    }

    @Test
    void aFileWithoutAListIsAnError() {
        assertThatThrownBy(() -> withRevocations("ca.crt"))
                .hasMessageContaining("ca.crt:1:1: expected a list of revoked certificates (X509 CRL) in PEM");
    }

    @Test
    void aServerThatAsksForACertificateGetsOurs() throws Exception {
        TlsClient client = TlsClient.load(new BackendTls(
                Mode.ON, Optional.of(TlsFiles.authority("ca.crt")), Optional.of(TlsFiles.identity("client"))));
        ends = Ends.dialled(Carrier.JDK, client, "server", wire -> wire, socket -> socket.setNeedClientAuth(true));
        ends.theirs().getOutputStream().write(1);
        assertThat(ends.theirs().getSession().getPeerPrincipal()).hasToString("CN=app");
    }

    @ParameterizedTest
    @ValueSource(strings = {"db.example", "localhost", "db-1.internal"})
    void aNameIsToldToTheServer(String host) throws Exception {
        assertThat(withoutAuthority(Mode.ON)
                        .engine(host, 5432)
                        .getSSLParameters()
                        .getServerNames())
                .isEqualTo(List.of(new SNIHostName(host)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "::1", "fd00::3", "under_score", "dot.", "-x"})
    void anAddressIsNot(String host) throws Exception {
        assertThat(withoutAuthority(Mode.ON)
                        .engine(host, 5432)
                        .getSSLParameters()
                        .getServerNames())
                .isNullOrEmpty();
    }
}
