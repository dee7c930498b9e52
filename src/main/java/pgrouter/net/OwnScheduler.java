package pgrouter.net;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Makes virtual threads that run on an executor of pgrouter, through the constructor that the JDK keeps for its own
 * tests ({@code ThreadBuilders.VirtualThreadBuilder(Executor)}). The jar's manifest opens it
 * ({@code Add-Opens: java.base/java.lang}).
 */
final class OwnScheduler {
    private static final String BUILDER = "java.lang.ThreadBuilders$VirtualThreadBuilder";

    private final Constructor<?> constructor;

    private OwnScheduler(Constructor<?> constructor) {
        this.constructor = constructor;
    }

    /** Empty where this JDK has no such constructor, or does not permit its use. */
    static Optional<OwnScheduler> find() {
        try {
            Constructor<?> constructor = Class.forName(BUILDER).getDeclaredConstructor(Executor.class);
            constructor.setAccessible(true);
            return Optional.of(new OwnScheduler(constructor));
        } catch (ReflectiveOperationException | RuntimeException notHere) {
            return Optional.empty();
        }
    }

    Thread.Builder.OfVirtual on(Executor executor) {
        try {
            return (Thread.Builder.OfVirtual) constructor.newInstance(executor);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
