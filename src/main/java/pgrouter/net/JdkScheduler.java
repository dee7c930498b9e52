package pgrouter.net;

import java.util.concurrent.Executor;

/** The JDK's own scheduler: virtual threads run beside the carrier, on other processors. */
record JdkScheduler() implements Scheduler {
    @Override
    public Thread.Builder.OfVirtual builder(Executor carrier) {
        return Thread.ofVirtual();
    }

    /** A carrier that went on watching would see the same input again and again until the thread has read it. */
    @Override
    public Readiness.Watching watching() {
        return Readiness.Watching.ONCE;
    }
}
