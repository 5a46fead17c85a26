package net.quicsql.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonWriterTest {
    @Test
    void appendsAnotherWriter() {
        JsonWriter part = new JsonWriter().integer(1).raw(',').string("é");
        JsonWriter whole = new JsonWriter(1).raw('[').raw(part).raw(']').raw(new JsonWriter());
        assertThat(whole).hasToString("[1,\"é\"]");
        assertThat(part).hasToString("1,\"é\"");
    }
}
