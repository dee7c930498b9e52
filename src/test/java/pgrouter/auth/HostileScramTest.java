package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Whatever the other end sends, the exchange ends with a {@link ScramException} or goes on. */
final class HostileScramTest {
    private static final int MESSAGES = 2000;
    private static final String ALPHABET = "nyprcsivem=,,,==0149*+/Az%\0 \u00e9\ud83d\ude00\ud800";

    @RepeatedTest(5)
    void theServerStands(RepetitionInfo repetition) throws ScramException {
        Random random = new Random(repetition.getCurrentRepetition());
        ScramServer first = RfcExample.server();
        ScramServer second = RfcExample.server();
        second.challenge(RfcExample.CLIENT_FIRST);
        for (int i = 0; i < MESSAGES; i++) {
            String clientFirst = damaged(RfcExample.CLIENT_FIRST, random);
            String clientFinal = damaged(RfcExample.CLIENT_FINAL, random);
            assertEndsWell(clientFirst, () -> first.challenge(clientFirst));
            assertEndsWell(clientFinal, () -> second.verify(clientFinal));
        }
    }

    @RepeatedTest(5)
    void theClientStands(RepetitionInfo repetition) throws ScramException {
        Random random = new Random(repetition.getCurrentRepetition());
        ScramClient client = RfcExample.client();
        String serverFirst = RfcExample.SERVER_FIRST.replace("i=4096", "i=9");
        client.answer(serverFirst);
        for (int i = 0; i < MESSAGES; i++) {
            String challenge = damaged(serverFirst, random).replaceAll("i=\\d{3,}", "i=99");
            String serverFinal = damaged(RfcExample.SERVER_FINAL, random);
            assertEndsWell(challenge, () -> client.answer(challenge));
            assertEndsWell(serverFinal, () -> client.verify(serverFinal));
        }
    }

    private interface Call {
        void run() throws ScramException;
    }

    private static void assertEndsWell(String message, Call call) {
        assertThatCode(() -> {
                    try {
                        call.run();
                    } catch (ScramException e) {
                        assertThat(e).hasMessageNotContaining(RfcExample.PASSWORD);
                    }
                })
                .as(message)
                .doesNotThrowAnyException();
    }

    private static String damaged(String message, Random random) {
        StringBuilder damaged = new StringBuilder(message);
        for (int wounds = 1 + random.nextInt(4); wounds > 0; wounds--) {
            int at = random.nextInt(damaged.length() + 1);
            int end = Math.min(damaged.length(), at + random.nextInt(6));
            switch (random.nextInt(4)) {
                case 0 -> damaged.delete(at, end);
                case 1 -> damaged.setLength(at);
                case 2 -> damaged.insert(at, damaged.substring(at, end));
                default -> damaged.insert(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }
        }
        return damaged.toString();
    }
}
