package pgrouter.process;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import pgrouter.log.Log;

/**
 * The signals that are sent to the process: SIGHUP asks to reload, SIGTERM and SIGINT to end. The thread that takes
 * them handles one after the other. A second request to end does not wait.
 *
 * <p>{@code sun.misc.Signal} is the only interface of the JDK to signals (module {@code jdk.unsupported}, JEP 260).
 * It is called by reflection, since the compiler warns of every mention of it. Where it is missing, the JVM itself
 * ends the process on SIGTERM. The JVM goes on ignoring a signal that the process was started with as ignored, as
 * SIGHUP is by {@code nohup}.
 */
public final class Signals {
    private static final Log LOG = Log.of("process");

    /** The request that a signal makes. */
    public enum Signal {
        RELOAD,
        END
    }

    private final BlockingQueue<Signal> arrived = new LinkedBlockingQueue<>();
    private final AtomicBoolean ending = new AtomicBoolean();
    private final Runnable atOnce;

    private Signals(Runnable atOnce) {
        this.atOnce = atOnce;
    }

    /**
     * Takes over the signals of the process from now on.
     *
     * @param atOnce ends the process without waiting for anything; runs on the JVM's signal thread
     */
    public static Signals heed(Runnable atOnce) {
        Signals signals = new Signals(atOnce);
        signals.on("HUP", () -> signals.arrived.add(Signal.RELOAD));
        signals.on("TERM", signals::end);
        signals.on("INT", signals::end);
        return signals;
    }

    /** Waits for the next signal. */
    public Signal take() throws InterruptedException {
        return arrived.take();
    }

    /** Acts as if SIGHUP had been sent to the process. Any thread. */
    public void reload() {
        arrived.add(Signal.RELOAD);
    }

    /** Acts as if SIGTERM had been sent to the process. Any thread. */
    public void end() {
        if (ending.getAndSet(true)) {
            atOnce.run();
        } else {
            arrived.add(Signal.END);
        }
    }

    private void on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler run = (proxy, method, arguments) -> {
                if (method.getDeclaringClass().equals(Object.class)) {
                    return method.invoke(this, arguments);
                }
                action.run();
                return null;
            };
            Object listener = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, run);
            Object before = signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), listener);
            if (before.equals(handler.getField("SIG_IGN").get(null))) {
                LOG.info("SIG" + name
                        + " is ignored here, as the process was started so (by nohup or in the background of a shell)");
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn("SIG" + name + " is not heeded here: " + e);
        }
    }
}
