package pgrouter.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pgrouter.auth.Credential;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.BackendAuth;
import pgrouter.config.BackendTls;

/** Which ways of asking for a password a node may use. */
final class PasswordRequestTest {
    private static final BackendTls TLS = new BackendTls(BackendTls.Mode.REQUIRE, Optional.empty(), Optional.empty());
    private static final Credential PLAIN = new Credential.Plain("secret");
    private static final Credential MD5 = new Credential.Md5("0".repeat(32));

    private static Backend backend(BackendAuth auth, BackendTls tls, Address address) {
        return new Backend(address, tls, 1, Optional.empty(), 1, Duration.ofSeconds(1), auth);
    }

    private static Backend inClear(BackendAuth auth) {
        return backend(auth, BackendTls.OFF, new Address.Host("db", 5432));
    }

    private static boolean may(PasswordRequest request, Backend backend, Credential credential) {
        return request.objection(backend, credential).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "DEFAULT,       NOTHING SCRAM",
        "SCRAM_SHA_256, SCRAM",
        "MD5,           NOTHING MD5 SCRAM",
        "PASSWORD,      NOTHING MD5 SCRAM",
        "ANY,           NOTHING CLEARTEXT MD5 SCRAM"
    })
    void aPasswordInPlainIsShownByNoWeakerWay(BackendAuth auth, String allowed) {
        for (PasswordRequest request : PasswordRequest.values()) {
            assertThat(may(request, inClear(auth), PLAIN))
                    .as("%s by %s", request, auth)
                    .isEqualTo(allowed.contains(request.name()));
        }
    }

    @Test
    void cleartextIsForConnectionsThatNobodyReads() {
        Backend encrypted = backend(BackendAuth.PASSWORD, TLS, new Address.Host("db", 5432));
        Backend local = backend(BackendAuth.PASSWORD, BackendTls.OFF, new Address.Directory(Path.of("/run"), 5432));
        assertThat(may(PasswordRequest.CLEARTEXT, encrypted, PLAIN)).isTrue();
        assertThat(may(PasswordRequest.CLEARTEXT, local, PLAIN)).isTrue();
        assertThat(PasswordRequest.CLEARTEXT.objection(inClear(BackendAuth.PASSWORD), PLAIN))
                .hasValueSatisfying(why -> assertThat(why).contains("not encrypted", "`auth any`"));
        Backend usual = backend(BackendAuth.DEFAULT, TLS, new Address.Host("db", 5432));
        assertThat(PasswordRequest.CLEARTEXT.objection(usual, PLAIN))
                .hasValueSatisfying(why -> assertThat(why).contains("`auth password`"));
    }

    @Test
    void aHashAnswersByItselfAndOnlyWhereThatIsNotRuledOut() {
        assertThat(may(PasswordRequest.MD5, inClear(BackendAuth.DEFAULT), MD5)).isTrue();
        assertThat(PasswordRequest.MD5.objection(inClear(BackendAuth.SCRAM_SHA_256), MD5))
                .hasValueSatisfying(why -> assertThat(why).contains("`auth md5`"));
    }
}
