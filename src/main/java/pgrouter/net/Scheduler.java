package pgrouter.net;

import java.util.concurrent.Executor;

/** Decides where the virtual threads of a carrier run. Any thread. */
sealed interface Scheduler permits OwnScheduler, JdkScheduler {
    /**
     * Returns a builder of virtual threads.
     *
     * @param carrier runs tasks on the carrier's own thread
     */
    Thread.Builder.OfVirtual builder(Executor carrier);

    /** How long the carrier watches a socket for input. */
    Readiness.Watching watching();
}
