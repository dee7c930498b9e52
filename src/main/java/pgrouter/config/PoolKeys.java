package pgrouter.config;

import java.time.Duration;

/** The keys of the {@code pool} blocks. */
final class PoolKeys {
    private final Section section;
    private final Setting<Integer> size = new Setting<>();
    private final Setting<Duration> idle = new Setting<>();
    private final Setting<Duration> age = new Setting<>();

    PoolKeys(Problems problems) {
        section = new Section(problems)
                .value("size", Values.POOL_SIZE, size::set)
                .value("idle", Values.TIME, idle::set)
                .value("age", Values.TIME, age::set);
    }

    void read(Directive directive) {
        section.none(directive);
        section.read(directive.inner());
    }

    Pool value() {
        return new Pool(size.or(Pool.USUAL.size()), idle.or(Pool.USUAL.idle()), age.or(Pool.USUAL.age()));
    }
}
