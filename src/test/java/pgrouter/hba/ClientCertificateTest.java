package pgrouter.hba;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;

/** Whom a certificate names. */
final class ClientCertificateTest {
    /** O=Example, OU=Staff, CN=ann, in this order. */
    private static final String ANN = """
            MIIBtjCCAV2gAwIBAgIUNEGZnXkVNsDVfIZtBk0hE4CA9Q8wCgYIKoZIzj0EAwIw
            MDEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UECwwFU3RhZmYxDDAKBgNVBAMMA2Fu
            bjAgFw0yNjExMjUwNDExMzRaGA8yMTI2MTEwMTA0MTEzNFowMDEQMA4GA1UECgwH
            RXhhbXBsZTEOMAwGA1UECwwFU3RhZmYxDDAKBgNVBAMMA2FubjBZMBMGByqGSM49
            AgEGCCqGSM49AwEHA0IABH81XjJwMthkc8DksyZcxYUSGb6xy0YPTgMvL6iD54M5
            yg8gKGYz7w4RuykwD3RQiHQH4VfyicNl3TPwQQeFEP+jUzBRMB0GA1UdDgQWBBSe
            bTKsX3KP1C+8b2imT2+ompirEzAfBgNVHSMEGDAWgBSebTKsX3KP1C+8b2imT2+o
            mpirEzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCICjkMAUgbY1x
            6ag5CmG3+WHp2l6VM9FVaRf0rdpnybofAiAR3sEWAz2Kpre7fGlkZXJE2vUE3a4x
            Vo4bDa20RjsU1A==
            """;

    /** O=Example. */
    private static final String NOBODY = """
            MIIBfDCCASGgAwIBAgIUXvSAhOs3rnIueO8YvxSIC7IRBskwCgYIKoZIzj0EAwIw
            EjEQMA4GA1UECgwHRXhhbXBsZTAgFw0yNjExMjUwNDExMzRaGA8yMTI2MTEwMTA0
            MTEzNFowEjEQMA4GA1UECgwHRXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEH
            A0IABOrHcKCqg9plfm2FQLhqHYSNyg3fFUegtvsXsMmLlOS+G0wFBYc3uUFdC34y
            rED92xdc0xYMx05w2pKipBBdp++jUzBRMB0GA1UdDgQWBBS9lgkLGfPSFybCeiAp
            439woRkNAzAfBgNVHSMEGDAWgBS9lgkLGfPSFybCeiAp439woRkNAzAPBgNVHRMB
            Af8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDnq34I/qjCsFGLdHLQ66r424zb
            UqxA9Wm05FJBgn50TwIhAN3YeVUiDLDwHr2RktHEdaN5rH2/CY1PtqLEiLmoYtiH
            """;

    /** C=DE, CN=first, CN=second, emailAddress=ann@example.com, in this order. */
    private static final String TWICE = """
            MIIB8zCCAZmgAwIBAgIUVHFUMx5gqrzeJny0W+AV9rDyhNkwCgYIKoZIzj0EAwIw
            TjELMAkGA1UEBhMCREUxDjAMBgNVBAMMBWZpcnN0MQ8wDQYDVQQDDAZzZWNvbmQx
            HjAcBgkqhkiG9w0BCQEWD2FubkBleGFtcGxlLmNvbTAgFw0yNjExMjUwNDExMzRa
            GA8yMTI2MTEwMTA0MTEzNFowTjELMAkGA1UEBhMCREUxDjAMBgNVBAMMBWZpcnN0
            MQ8wDQYDVQQDDAZzZWNvbmQxHjAcBgkqhkiG9w0BCQEWD2FubkBleGFtcGxlLmNv
            bTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABH2t8oq/bD2hL0R6Z5uxKMr/IRkV
            Ozma4uDL0Df1ebPEJiCehtMAtXHc89wmVsUlHNR+rjHF6WqECfIIIKS1KbujUzBR
            MB0GA1UdDgQWBBQWeojLrcnyR+R1zCDhn4JiPcL3tzAfBgNVHSMEGDAWgBQWeojL
            rcnyR+R1zCDhn4JiPcL3tzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gA
            MEUCIQDS/p51UvW1u4iTdklPZbdH/S6dK2S/5W0LWtFjy6NJ+wIgFGKjl/z3ujNA
            W3zmk5DV+yqaIibe67wXjp3loKZENPA=
            """;

    private static X509Certificate certificate(String base64) {
        String pem = "-----BEGIN CERTIFICATE-----\n" + base64 + "-----END CERTIFICATE-----\n";
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean names(String certificate, String user, String options, String ident) {
        Hba hba = Texts.hba("hostssl all all all cert " + options, ident);
        Decision decision = hba.decide(Texts.tlsClient("1.2.3.4", "d", user));
        return decision instanceof Decision.Ask(Rule rule) && hba.isNamed(user, certificate(certificate), rule);
    }

    @Test
    void itsCommonNameIsTheUsers() {
        assertThat(names(ANN, "ann", "", "")).isTrue();
        assertThat(names(ANN, "Ann", "", "")).isFalse();
        assertThat(names(NOBODY, "", "", "")).isFalse();
        assertThat(names(NOBODY, "Example", "", "")).isFalse();
        assertThat(names(TWICE, "first", "", "")).isTrue();
        assertThat(names(TWICE, "second", "", "")).isFalse();
    }

    @Test
    void orItsWholeName() {
        assertThat(names(ANN, "CN=ann,OU=Staff,O=Example", "clientname=DN", "")).isTrue();
        assertThat(names(ANN, "ann", "clientname=DN", "")).isFalse();
        assertThat(names(TWICE, "emailAddress=ann@example.com,CN=second,CN=first,C=DE", "clientname=DN", ""))
                .isTrue();
    }

    @Test
    void orOneThatAMapMakesOfIt() {
        assertThat(names(ANN, "root", "map=m", "m ann root")).isTrue();
        assertThat(names(ANN, "ann", "map=m", "m ann root")).isFalse();
        assertThat(names(ANN, "ann", "clientname=DN map=m", "m \"/^CN=(.*),OU=Staff,\" \\1"))
                .isTrue();
        assertThat(names(NOBODY, "ann", "map=m", "m /.* ann")).isFalse();
        assertThat(names(ANN, "ann", "map=m", "m /^((a|nn)*)*$x \\1")).isFalse();
    }
}
