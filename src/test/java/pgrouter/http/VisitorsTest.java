package pgrouter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.auth.AuthDb;
import pgrouter.auth.Md5Password;
import pgrouter.auth.PasswordSource;
import pgrouter.auth.Users;
import pgrouter.http.Visitors.Welcome;

/** Who is let in over HTTP, and how often others may try. */
final class VisitorsTest {
    @TempDir
    private Path directory;

    private final AtomicLong clock = new AtomicLong();
    private volatile List<String> named = List.of("dba", "old", "d\u00f6");
    private Users users;
    private Visitors visitors;

    @BeforeEach
    void readUsers() throws Exception {
        Path file = Files.writeString(
                directory.resolve("authdb"),
                "dba plain 'with:colon'\nold md5 " + Md5Password.hash("old", "pass")
                        + "\nd\u00f6 plain gr\u00fcn\napp plain app\n");
        users = new Users(AuthDb.read(file));
        visitors = new Visitors(() -> named, () -> users, clock::get);
    }

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(UTF_8));
    }

    private Welcome meet(String address, String authorization) throws Exception {
        return visitors.meet(InetAddress.getByName(address), authorization);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dba:with:colon", "old:pass", "d\u00f6:gr\u00fcn"})
    void aNamedUserIsLetInByItsPassword(String right) throws Exception {
        assertThat(meet("10.0.0.1", basic(right))).isEqualTo(Welcome.LET_IN);
        assertThat(meet("10.0.0.1", basic(right).replace("Basic", "bASIC"))).isEqualTo(Welcome.LET_IN);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "Basic", "Basic ", "Basic *", "Bearer x", "Digest username=dba"})
    void whoDoesNotSayWhoItIsIsAsked(String authorization) throws Exception {
        for (int i = 0; i < 100; i++) {
            assertThat(meet("10.0.0.1", authorization)).isEqualTo(Welcome.ASKED);
        }
        assertThat(meet("10.0.0.1", basic("dba:with:colon"))).isEqualTo(Welcome.LET_IN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dba:wrong", "dba:", ":", "nobody:x", "app:app", "DBA:with:colon", "dba"})
    void othersAreNot(String wrong) throws Exception {
        assertThat(meet("10.0.0.1", basic(wrong))).isEqualTo(Welcome.ASKED);
    }

    @Test
    void withoutNamesEverybodyMayRead() throws Exception {
        named = List.of();
        assertThat(meet("10.0.0.1", null)).isEqualTo(Welcome.LET_IN);
    }

    @Test
    void whoGuessesIsSlowedDownByAddress() throws Exception {
        for (int i = 0; i < Tries.FREE; i++) {
            assertThat(meet("10.0.0.1", basic("dba:" + i))).isEqualTo(Welcome.ASKED);
        }
        assertThat(meet("10.0.0.1", basic("dba:with:colon"))).isEqualTo(Welcome.TOO_MANY);
        assertThat(meet("10.0.0.2", basic("dba:with:colon"))).isEqualTo(Welcome.LET_IN);
        clock.addAndGet(Tries.BACK);
        assertThat(meet("10.0.0.1", basic("dba:with:colon"))).isEqualTo(Welcome.LET_IN);
        assertThat(meet("10.0.0.1", basic("dba:wrong")))
                .as("the right one has cost no try")
                .isEqualTo(Welcome.ASKED);
        assertThat(meet("10.0.0.1", basic("dba:wrong"))).isEqualTo(Welcome.TOO_MANY);
    }

    @Test
    void aNetworkOfVersion6IsOneAddress() throws Exception {
        for (int i = 1; i <= Tries.FREE; i++) {
            meet("fd00::" + i, basic("dba:wrong"));
        }
        assertThat(meet("fd00::ffff", basic("dba:with:colon"))).isEqualTo(Welcome.TOO_MANY);
        assertThat(meet("fd00:0:0:1::1", basic("dba:with:colon"))).isEqualTo(Welcome.LET_IN);
    }

    @Test
    void whereTheNodesCannotBeAskedNobodyCanTell() throws Exception {
        users = new Users(AuthDb.EMPTY, user -> {
            throw new PasswordSource.Unavailable("no node answers");
        });
        assertThat(meet("10.0.0.1", basic("dba:with:colon"))).isEqualTo(Welcome.UNKNOWN);
    }
}
