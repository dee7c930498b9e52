package pgrouter.truth;

import static pgrouter.testing.Frontend.bindNothing;
import static pgrouter.testing.Frontend.copyFail;
import static pgrouter.testing.Frontend.describePortal;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.functionCall;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;

import java.io.EOFException;
import java.io.IOException;
import java.util.Map;
import pgrouter.testing.FakeClient;
import pgrouter.testing.Message;

/** One session of the superuser, on a node or through pgrouter. */
final class Conversation implements AutoCloseable {
    private final FakeClient client;

    private Conversation(FakeClient client) {
        this.client = client;
    }

    static Conversation open(int port, String database) throws IOException {
        FakeClient client = FakeClient.dialPatiently(port);
        client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", "postgres", "database", database), "postgres");
        return new Conversation(client);
    }

    Reply run(Row row) throws IOException {
        return switch (row.protocol()) {
            case "simple" -> simple(row.sql());
            case "extended" -> extended(row.sql());
            default -> batch(row);
        };
    }

    Reply simple(String sql) throws IOException {
        client.send(query(sql));
        return reply(1, false);
    }

    private Reply extended(String sql) throws IOException {
        client.send(join(one(sql), sync()));
        return reply(1, true);
    }

    /** One step of a made-up session. */
    Reply play(RandomSession.Step step) throws IOException {
        client.sendSplit(step.bytes(), step.pause());
        return reply(step.readies(), false);
    }

    private static byte[] one(String sql) {
        return join(parse("", sql), bindNothing(""), describePortal(), execute());
    }

    /** The pipelines, which the table describes in words. */
    private Reply batch(Row row) throws IOException {
        String insert = "INSERT INTO w(n) VALUES(1)";
        switch (row.id()) {
            case "proto-01.batch" -> client.send(functionCall(957));
            case "proto-02.batch" -> client.send(functionCall(2882));
            case "proto-03.batch" -> client.send(join(one("SELECT 1"), one(insert), sync()));
            case "proto-04.batch" -> client.send(join(one("SELECT pg_advisory_lock(5)"), one(insert), sync()));
            case "proto-05.batch" -> client.send(join(one(insert), one("SELECT 1"), sync()));
            case "proto-06.batch" -> {
                client.send(join(one("SELECT 1"), sync(), one(insert), sync()));
                return reply(2, true);
            }
            case "proto-07.batch" -> client.send(join(parse("s1", insert), sync()));
            case "proto-08.batch" -> client.send(join(parse("s1", insert), bindNothing("s1"), execute(), sync()));
            case "proto-09.batch" -> client.send(join(bindNothing("nowhere"), execute(), sync()));
            case "proto-10.batch" -> client.send(join(parse("s1", "SELECT * FROM u"), sync()));
            case "proto-11.batch" -> client.send(join(one("BEGIN READ WRITE"), sync()));
            case "proto-12.batch" -> client.send(join(one("BEGIN"), one(insert), one("COMMIT"), sync()));
            default -> throw new AssertionError("a pipeline that is not known: " + row);
        }
        return reply(1, true);
    }

    private Reply reply(int count, boolean extended) throws IOException {
        Reply reply = new Reply();
        int left = count;
        try {
            while (left > 0) {
                Message message = client.readMessage();
                reply.add(message);
                if (message.tag() == 'G') {
                    client.send(copyFail("no"));
                    if (extended) {
                        client.send(sync());
                    }
                }
                left -= message.tag() == 'Z' ? 1 : 0;
            }
        } catch (EOFException gone) {
            reply.ended();
        }
        return reply;
    }

    @Override
    public void close() {
        client.close();
    }
}
