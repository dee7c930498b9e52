package pgrouter.protocol;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import pgrouter.testing.Frontend;
import pgrouter.testing.Fuzz;
import pgrouter.testing.Server;

/** Hostile messages in front of the decoders. */
class FuzzedMessagesTest {
    private static byte[] withoutLength(byte[] packet) {
        return Arrays.copyOfRange(packet, 4, packet.length);
    }

    @Test
    void startupPackets() throws Exception {
        Fuzz.of("startup packet")
                .from(
                        withoutLength(Frontend.startup(3 << 16, Map.of("user", "app", "database", "app"))),
                        withoutLength(Frontend.startup(3 << 16 | 2, Map.of("user", "a", "_pq_.x", "1"))),
                        withoutLength(FrontendMessage.cancelRequest(4711, new byte[32])),
                        withoutLength(FrontendMessage.sslRequest()))
                .with("user\0", "options\0-c a=b\0", "replication\0", "\0")
                .refusedBy(ProtocolException.class)
                .feed(StartupPacket::decode);
    }

    @Test
    void errors() throws Exception {
        Fuzz.of("ErrorResponse")
                .from(Server.error("42501", "no"), Server.fatal("57P01", "going"), Server.notice("look"))
                .with("S", "V", "C25006\0", "MFATAL\0", "\0")
                .refusedBy(ProtocolException.class)
                .feed(message -> ErrorResponse.decode(message, Math.min(5, message.length), message.length));
    }
}
