package pgrouter.config;

import java.util.List;

/** The directive {@code http}: where, and who may read there. */
final class HttpKeys {
    private final Setting<Address> address = new Setting<>();
    private final Section section;
    private final UserNames users;

    HttpKeys(Problems problems) {
        section = new Section(problems);
        users = new UserNames(problems, section);
    }

    void read(Directive directive) {
        section.only(directive, Addresses.HTTP).ifPresent(address::set);
        section.read(directive.inner());
    }

    Setting<Address> address() {
        return address;
    }

    /** None where everybody may. */
    List<String> users() {
        return users.value();
    }
}
