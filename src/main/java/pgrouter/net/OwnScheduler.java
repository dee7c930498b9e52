package pgrouter.net;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Makes virtual threads that run on the thread of their carrier, through the constructor that the JDK keeps for its own
 * tests ({@code ThreadBuilders.VirtualThreadBuilder(Executor)}). The jar's manifest opens it
 * ({@code Add-Opens: java.base/java.lang}).
 */
final class OwnScheduler implements Scheduler {
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

    @Override
    public Thread.Builder.OfVirtual builder(Executor carrier) {
        try {
            return (Thread.Builder.OfVirtual) constructor.newInstance(carrier);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A thread that can run has read its input before the carrier polls again. */
    @Override
    public Readiness.Watching watching() {
        return Readiness.Watching.LASTING;
    }
}
