package pgrouter.health;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import pgrouter.config.Address;

/**
 * A listener for changes by which a login at a backend might end differently than before.
 *
 * @param matters whether such a change matters at present
 * @param changed is told of a backend where roles, databases or their settings have changed; on the thread that
 *     watches the backend, which it must not block
 */
public record Logins(BooleanSupplier matters, Consumer<Address> changed) {
    /** No listener. */
    public static final Logins NONE = new Logins(() -> false, backend -> {});
}
