package pgrouter.process;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Calls the C library by java.lang.foreign (JEP 454). */
final class CLibrary {
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final Linker LINKER = Linker.nativeLinker();

    /** The fields that {@code struct passwd} and {@code struct group} begin with everywhere, and that come first here. */
    private static final MemoryLayout ENTRY = MemoryLayout.structLayout(
            POINTER.withName("name"), POINTER.withName("password"), INT.withName("id"), INT.withName("group"));

    private static final long ID = ENTRY.byteOffset(MemoryLayout.PathElement.groupElement("id"));
    private static final long GROUP = ENTRY.byteOffset(MemoryLayout.PathElement.groupElement("group"));

    private CLibrary() {}

    /** How the process becomes another user; empty where it cannot. */
    static Optional<Privileges.Change> change() {
        return Optional.of(CLibrary::become);
    }

    /**
     * Makes the whole process one of another user, for good: initgroups(3), setgid(2), setuid(2). Those of the C library, unlike
     * the kernel's, do so for every thread that there is (nptl(7)); later ones inherit it.
     *
     * @throws IOException where there is no such user or group, or the system refuses; what has been done by then stays
     */
    private static void become(Account account) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment user = arena.allocateFrom(account.user());
            MemorySegment passwd = entry("getpwnam", user, "user " + account.user());
            int uid = passwd.get(INT, ID);
            int gid = passwd.get(INT, GROUP);
            if (account.group().isPresent()) {
                String name = account.group().get();
                gid = entry("getgrnam", arena.allocateFrom(name), "group " + name)
                        .get(INT, ID);
            }
            require("initgroups", (int)
                    function("initgroups", INT, POINTER, INT).invokeExact(user, gid));
            require("setgid", (int) function("setgid", INT, INT).invokeExact(gid));
            require("setuid", (int) function("setuid", INT, INT).invokeExact(uid));
            if (uid != 0 && (int) function("setuid", INT, INT).invokeExact(0) == 0) {
                throw new IOException("cannot become " + account + " for good: the system gives root back");
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("cannot become " + account + ": " + e, e);
        }
    }

    /** @param function that finds an entry of a database of the system by its name */
    @SuppressWarnings("restricted")
    private static MemorySegment entry(String function, MemorySegment name, String what) throws Throwable {
        MethodHandle find = function(function, POINTER, POINTER);
        MemorySegment entry = (MemorySegment) find.invokeExact(name);
        if (entry.equals(MemorySegment.NULL)) {
            throw new IOException("this host has no " + what);
        }
        return entry.reinterpret(ENTRY.byteSize());
    }

    private static void require(String function, int result) throws IOException {
        if (result != 0) {
            throw new IOException("the system refuses " + function
                    + ": pgrouter needs the capabilities CAP_SETUID and CAP_SETGID to become another user");
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
        MemorySegment address = LINKER.defaultLookup().find(name).orElseThrow();
        return LINKER.downcallHandle(address, FunctionDescriptor.of(result, arguments));
    }
}
