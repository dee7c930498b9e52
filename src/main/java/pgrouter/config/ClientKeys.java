package pgrouter.config;

/** {@code clients N}, with or without a block of more limits. */
final class ClientKeys {
    private final Section section;
    private final Setting<Integer> all = new Setting<>();
    private final Setting<Integer> ofUser = new Setting<>();
    private final Setting<Integer> ofAddress = new Setting<>();
    private final Setting<Integer> startups = new Setting<>();
    private final Setting<Long> memory = new Setting<>();

    ClientKeys(Problems problems) {
        section = new Section(problems)
                .value("user", Values.CLIENTS, ofUser::set)
                .value("address", Values.CLIENTS, ofAddress::set)
                .value("startups", Values.CLIENTS, startups::set)
                .value("memory", Values.MEMORY, memory::set);
    }

    void read(Directive directive) {
        section.valued(directive, Values.CLIENTS, all::set);
    }

    ClientLimits value() {
        ClientLimits usual = ClientLimits.USUAL;
        return new ClientLimits(
                all.or(usual.all()),
                ofUser.or(usual.ofUser()),
                ofAddress.or(usual.ofAddress()),
                startups.or(usual.startups()),
                memory.or(usual.memory()));
    }
}
