package pgrouter.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class JsonTest {
    @Test
    void valuesHaveCommasBetweenThem() {
        Json json = new Json().open('{');
        json.name("a").number(1);
        json.name("b")
                .open('[')
                .string("x")
                .bool(true)
                .nothing()
                .open('{')
                .close('}')
                .close(']');
        json.name("c").number(0.25, 1).close('}');
        assertThat(json).hasToString("{\"a\":1,\"b\":[\"x\",true,null,{}],\"c\":0.3}");
    }

    @Test
    void whatIsNoNumberIsNull() {
        assertThat(new Json().number(Double.NaN, 3)).hasToString("null");
        assertThat(new Json().number(Double.POSITIVE_INFINITY, 3)).hasToString("null");
    }

    @Test
    void textsAreEscapedWhereTheyMust() {
        assertThat(new Json().string("a\"b\\c\n\u0000\u007fä\ud83d\ude00\ud800"))
                .hasToString("\"a\\\"b\\\\c\\u000a\\u0000\\u007fä\\ud83d\\ude00\\ud800\"");
    }
}
