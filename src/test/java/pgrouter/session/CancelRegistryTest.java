package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which session a key belongs to. */
final class CancelRegistryTest {
    private static final byte[] SECRET = {1, 2, 3, 4};
    private static final byte[] OTHER_SECRET = {1, 2, 3, 5};

    private final CancelRegistry registry = new CancelRegistry();
    private final CancelRegistry.Target target = Optional::empty;
    private final CancelRegistry.Target otherTarget = () -> Optional.empty();

    @Test
    void keyFindsItsSession() {
        registry.add(7, SECRET, target);
        assertThat(registry.find(7, SECRET)).containsSame(target);
    }

    @Test
    void wrongSecretOrProcessFindsNone() {
        registry.add(7, SECRET, target);
        assertThat(registry.find(7, OTHER_SECRET)).isEmpty();
        assertThat(registry.find(7, new byte[] {1, 2, 3})).isEmpty();
        assertThat(registry.find(7, new byte[0])).isEmpty();
        assertThat(registry.find(8, SECRET)).isEmpty();
    }

    @Test
    void sessionsWithTheSameProcessIdAreToldApartByTheirSecrets() {
        registry.add(7, SECRET, target);
        Runnable remove = registry.add(7, OTHER_SECRET, otherTarget);
        assertThat(registry.find(7, OTHER_SECRET)).containsSame(otherTarget);
        remove.run();
        assertThat(registry.find(7, OTHER_SECRET)).isEmpty();
        assertThat(registry.find(7, SECRET)).containsSame(target);
    }

    @Test
    void keyIsForgotten() {
        Runnable remove = registry.add(7, SECRET, target);
        remove.run();
        remove.run();
        assertThat(registry.find(7, SECRET)).isEmpty();
    }

    @Test
    void callersArrayMayChange() {
        byte[] secret = SECRET.clone();
        registry.add(7, secret, target);
        secret[0] = 9;
        assertThat(registry.find(7, SECRET)).isPresent();
    }
}
