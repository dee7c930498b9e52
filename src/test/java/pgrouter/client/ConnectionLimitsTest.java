package pgrouter.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pgrouter.client.ConnectionLimits.Place;
import pgrouter.config.ClientLimits;

/** So many clients there may be in all, from one address and as one user. */
class ConnectionLimitsTest {
    private ClientLimits limits = new ClientLimits(100, 100, 100, 100, 0);
    private Capacity capacity = Capacity.UNBOUNDED;
    private final ConnectionLimits places = new ConnectionLimits(() -> limits, () -> capacity);

    private static Peer from(String address) throws Exception {
        return new Peer(Optional.of(InetAddress.getByName(address)), false, Optional.empty());
    }

    private static final Peer LOCAL = new Peer(Optional.empty(), false, Optional.empty());

    private void assertRefused(Peer peer, String text) {
        assertThatThrownBy(() -> places.take(peer)).hasMessage(text);
    }

    @Test
    void aPlaceThatIsGivenBackIsFreeAgain() throws Exception {
        limits = new ClientLimits(1, 1, 1, 100, 0);
        try (Place place = places.take(from("10.0.0.1"))) {
            place.of("app");
            assertRefused(from("10.0.0.2"), "sorry, too many clients already");
        }
        try (Place place = places.take(from("10.0.0.1"))) {
            place.of("app");
        }
    }

    @Test
    void anAddressHasItsOwnLimit() throws Exception {
        limits = new ClientLimits(100, 100, 2, 100, 0);
        places.take(from("10.0.0.1"));
        Place second = places.take(from("10.0.0.1"));
        assertRefused(from("10.0.0.1"), "sorry, too many clients already from this address");
        places.take(from("10.0.0.2"));
        second.close();
        places.take(from("10.0.0.1"));
    }

    @Test
    void aHostHasManyAddressesOfVersion6() throws Exception {
        limits = new ClientLimits(100, 100, 1, 100, 0);
        places.take(from("2001:db8::1"));
        assertRefused(from("2001:db8::ffff"), "sorry, too many clients already from this address");
        places.take(from("2001:db8:0:1::1"));
    }

    @Test
    void aUnixDomainSocketIsNoAddress() throws Exception {
        limits = new ClientLimits(3, 100, 1, 100, 0);
        places.take(LOCAL);
        places.take(LOCAL);
        places.take(LOCAL);
        assertRefused(LOCAL, "sorry, too many clients already");
    }

    @Test
    void aUserHasItsOwnLimitFromAllAddresses() throws Exception {
        limits = new ClientLimits(100, 1, 100, 100, 0);
        Place first = places.take(LOCAL);
        first.of("app");
        Place second = places.take(from("10.0.0.1"));
        assertThatThrownBy(() -> second.of("app")).hasMessage("too many connections for role \"app\"");
        second.close();
        try (Place third = places.take(LOCAL)) {
            third.of("other");
        }
        first.close();
        places.take(LOCAL).of("app");
    }

    @Test
    void whoIsRefusedTakesNoPlace() throws Exception {
        limits = new ClientLimits(2, 100, 1, 100, 0);
        Place here = places.take(from("10.0.0.1"));
        for (int i = 0; i < 10; i++) {
            assertRefused(from("10.0.0.1"), "sorry, too many clients already from this address");
        }
        places.take(from("10.0.0.2")).close();
        here.close();
        List<Place> all = new ArrayList<>();
        all.add(places.take(from("10.0.0.1")));
        all.add(places.take(from("10.0.0.2")));
        assertThat(all).hasSize(2);
    }

    @Test
    void thereAreNoMoreThanTheProcessHasRoomForWhateverTheLimitSays() throws Exception {
        capacity = new Capacity(2, 100, 0);
        places.take(LOCAL);
        places.take(from("10.0.0.1"));
        assertRefused(LOCAL, "sorry, too many clients already");
    }

    @Test
    void theConsoleFindsAPlaceWhereOthersFindNone() throws Exception {
        limits = new ClientLimits(1, 100, 100, 100, 0);
        places.take(LOCAL);
        List<Place> console = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            console.add(places.takeForConsole(LOCAL));
        }
        assertThatThrownBy(() -> places.takeForConsole(LOCAL)).hasMessage("sorry, too many clients already");
        assertRefused(LOCAL, "sorry, too many clients already");
        console.getFirst().close();
        places.takeForConsole(LOCAL);
    }
}
