package pgrouter.health;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import pgrouter.config.Address;

/**
 * Somebody to whom it matters whether a login at a backend would end as it did before.
 *
 * @param matters whether it does at present
 * @param changed is told where roles, databases or their settings are other than they were; on the thread that watches the backend,
 *     which it must not keep
 */
public record Logins(BooleanSupplier matters, Consumer<Address> changed) {
    /** Nobody. */
    public static final Logins NONE = new Logins(() -> false, backend -> {});
}
