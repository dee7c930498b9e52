package pgrouter.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.State;
import pgrouter.config.Backend;
import pgrouter.json.Json;
import pgrouter.metrics.BackendCounters;
import pgrouter.metrics.Histogram;
import pgrouter.metrics.Metrics;
import pgrouter.metrics.TransactionCounts;
import pgrouter.routing.LearnedRefusals;

/** All that the status page shows, as one object. An unknown value is null. */
final class StatusJson {
    private static final int MOST_LEARNED = 10;
    private static final double MILLIS = 1e3;

    private final Json json = new Json();
    private final Facts facts;
    private final ClusterView view;
    private final Metrics metrics;

    private StatusJson(Facts facts) {
        this.facts = facts;
        this.view = facts.cluster().view();
        this.metrics = facts.metrics();
    }

    static String of(Facts facts, History history, Events events, Instant now) {
        StatusJson status = new StatusJson(facts);
        status.json.open('{');
        status.router(now);
        status.backends();
        status.requests();
        status.learned();
        status.history(history);
        status.events(events);
        return status.json.close('}').toString();
    }

    private void router(Instant now) {
        json.name("version").string(facts.version());
        json.name("time").string(now.toString());
        json.name("uptime_seconds")
                .number(Duration.between(facts.started(), now).toSeconds());
        json.name("clients").number(metrics.clients());
        json.name("workers").number(facts.workers());
        json.name("writer");
        text(view.primary().map(node -> node.backend().address().toString()));
    }

    private void text(Optional<String> value) {
        value.ifPresentOrElse(json::string, json::nothing);
    }

    private void number(Optional<Long> value) {
        value.ifPresentOrElse(json::number, json::nothing);
    }

    private void backends() {
        json.name("backends").open('[');
        view.nodes().forEach(this::backend);
        json.close(']');
    }

    private void backend(Node node) {
        Backend backend = node.backend();
        BackendCounters counters = metrics.backend(backend.address().toString());
        json.open('{');
        json.name("address").string(backend.address().toString());
        json.name("role").string(node.role().toString().toLowerCase(Locale.ROOT));
        json.name("state").string(node.state().name());
        json.name("reason");
        text(Optional.of(node.whyUnused()).filter(reason -> !reason.isEmpty()));
        json.name("timeline");
        number(Optional.of((long) node.timeline()).filter(timeline -> timeline > 0));
        json.name("lsn");
        text(node.position().map(Object::toString));
        Optional<Long> lag = node.lag().filter(bytes -> node.state() == State.OK);
        json.name("lag_bytes");
        number(lag);
        json.name("lag_seconds")
                .number(lag.isEmpty() ? Double.NaN : node.behindFor().toMillis() / MILLIS, 3);
        json.name("lag_limit_bytes").number(backend.lag());
        json.name("lag_limit_seconds")
                .number(
                        backend.lagTime()
                                .map(limit -> limit.toMillis() / MILLIS)
                                .orElse(Double.NaN),
                        3);
        json.name("weight").number(backend.weight());
        json.name("drained").bool(node.weight() == 0);
        json.name("pipes").number(facts.open().applyAsInt(backend.address()));
        json.name("reads").number(counters.reads());
        json.name("writes").number(counters.writes());
        json.name("redirects").number(counters.redirects());
        json.close('}');
    }

    private void requests() {
        json.name("requests").open('{');
        json.name("reader").number(metrics.reads().counts().count());
        json.name("writer").number(metrics.writes().counts().count());
        json.name("redirected").number(metrics.redirects().counts().count());
        json.name("learned").number(metrics.learnedRoutes());
        json.close('}');
        transactions(metrics.transactions());
    }

    private void transactions(TransactionCounts ended) {
        json.name("transactions").open('{');
        json.name("standby").number(ended.onStandby());
        json.name("moved").number(ended.movedOnes());
        json.name("conflict").number(ended.conflicts());
        json.name("primary").number(ended.onPrimary());
        json.name("primary_in_vain").number(ended.onPrimaryInVain());
        json.close('}');
    }

    private void learned() {
        json.name("learned").open('[');
        for (LearnedRefusals.Known known : facts.learned().mostUsed(MOST_LEARNED)) {
            json.open('{').name("text").string(known.text());
            json.name("routes").number(known.routes()).close('}');
        }
        json.close(']');
    }

    private void history(History history) {
        json.name("history").open('{');
        json.name("interval_seconds").number(History.INTERVAL.toSeconds());
        json.name("samples").open('[');
        history.samples().forEach(this::sample);
        json.close(']').close('}');
    }

    private void sample(History.Sample sample) {
        json.open('{');
        json.name("time").number(sample.time().toEpochMilli() / MILLIS, 3);
        json.name("reader").number(sample.reader(), 1);
        json.name("writer").number(sample.writer(), 1);
        json.name("redirected").number(sample.redirected(), 1);
        times("reader_ms", sample.readerTimes());
        times("writer_ms", sample.writerTimes());
        json.name("lag_bytes").open('{');
        sample.lag().forEach((backend, lag) -> {
            json.name(backend);
            number(lag);
        });
        json.close('}').close('}');
    }

    private void times(String name, Histogram.Counts counts) {
        json.name(name);
        if (counts.count() == 0) {
            json.nothing();
            return;
        }
        json.open('{');
        json.name("p50").number(counts.quantile(0.5) * MILLIS, 3);
        json.name("p99").number(counts.quantile(0.99) * MILLIS, 3);
        json.close('}');
    }

    private void events(Events events) {
        json.name("events").open('[');
        for (Events.Event event : events.recent()) {
            json.open('{');
            json.name("time").number(event.time().toEpochMilli() / MILLIS, 3);
            json.name("kind").string(event.kind());
            json.name("backend").string(event.backend());
            json.name("text").string(event.text());
            json.close('}');
        }
        json.close(']');
    }
}
