package pgrouter.auth;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import pgrouter.auth.PasswordSource.Unavailable;

/**
 * Keeps the answers of a source for some seconds. The answer that there is no such user is kept too, so that many
 * requests for it cost the server no more than one. One thread at a time asks the source; a thread that comes
 * meanwhile waits, and takes over a failure. Any thread. {@code asking} is held while the source is asked; the map is
 * guarded by {@code lock}.
 */
final class RecentPasswords {
    static final Duration BELIEVED = Duration.ofSeconds(10);

    private static final int CAPACITY = 4096;

    /** {@code NAMEDATALEN} of pg_config_manual.h, less the zero byte: no role has a longer name. */
    private static final int LONGEST_NAME = 63;

    private record Answer(Optional<Credential.Entry> entry, long at) {}

    private record Failure(Unavailable why, long at) {}

    private final PasswordSource source;
    private final LongSupplier clock;
    private final ReentrantLock asking = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedMap<String, Answer> answers = new LinkedHashMap<>(16, 0.75f, true);
    private Optional<Failure> failure = Optional.empty();
    private volatile Optional<Credential.Entry> model = Optional.empty();

    /** @param clock in nanoseconds */
    RecentPasswords(PasswordSource source, LongSupplier clock) {
        this.source = source;
        this.clock = clock;
    }

    Optional<Credential.Entry> of(String user) throws Unavailable, InterruptedException {
        if (user.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            return Optional.empty();
        }
        Optional<Answer> recent = recent(user);
        return recent.isPresent() ? recent.get().entry() : ask(user, clock.getAsLong());
    }

    private Optional<Credential.Entry> ask(String user, long since) throws Unavailable, InterruptedException {
        asking.lockInterruptibly();
        try {
            Optional<Answer> meanwhile = recent(user);
            if (meanwhile.isPresent()) {
                return meanwhile.get().entry();
            }
            if (failure.isPresent() && failure.get().at() - since > 0) {
                throw failure.get().why();
            }
            return answered(user);
        } finally {
            asking.unlock();
        }
    }

    private Optional<Credential.Entry> answered(String user) throws Unavailable, InterruptedException {
        try {
            Optional<Credential.Entry> entry = source.passwordOf(user).map(RecentPasswords::entry);
            entry.ifPresent(found -> model = Optional.of(found));
            keep(user, entry);
            return entry;
        } catch (Unavailable e) {
            failure = Optional.of(new Failure(e, clock.getAsLong()));
            throw e;
        } catch (IllegalArgumentException e) {
            throw new Unavailable("what the server keeps of a password is not " + e.getMessage());
        }
    }

    /** As {@code get_password_type} of crypt.c, except for passwords in plain, which no server keeps any more. */
    private static Credential.Entry entry(String stored) {
        return stored.startsWith("md5")
                ? new Credential.Md5(stored)
                : new Credential.Scram(ScramVerifier.parse(stored));
    }

    /** The number of threads that wait for the source, about. */
    int waiting() {
        return asking.getQueueLength();
    }

    /** The last credential that was found; the others are likely to be of its kind. */
    Optional<Credential.Entry> model() {
        return model;
    }

    private Optional<Answer> recent(String user) {
        lock.lock();
        try {
            return Optional.ofNullable(answers.get(user))
                    .filter(answer -> clock.getAsLong() - answer.at() < BELIEVED.toNanos());
        } finally {
            lock.unlock();
        }
    }

    private void keep(String user, Optional<Credential.Entry> entry) {
        lock.lock();
        try {
            answers.put(user, new Answer(entry, clock.getAsLong()));
            if (answers.size() > CAPACITY) {
                answers.pollFirstEntry();
            }
        } finally {
            lock.unlock();
        }
    }

    void forget(String user) {
        lock.lock();
        try {
            answers.remove(user);
        } finally {
            lock.unlock();
        }
    }
}
