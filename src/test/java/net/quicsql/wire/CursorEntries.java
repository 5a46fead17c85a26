package net.quicsql.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer to one cursor.
 *
 * @param prelude its first line
 * @param entries the others
 */
record CursorEntries(JsonNode prelude, List<JsonNode> entries) {
    static CursorEntries of(String body) throws IOException {
        assertThat(body).endsWith("}\n");
        List<JsonNode> lines = new ArrayList<>();
        for (String line : body.split("\n")) {
            lines.add(HranaClient.JSON.readTree(line));
        }
        assertThat(lines.get(0).get("base_url").isNull()).isTrue();
        return new CursorEntries(lines.get(0), lines.subList(1, lines.size()));
    }

    static CursorEntries ofProtobuf(InputStream body) throws IOException {
        JsonNode prelude = ProtobufMessages.prelude(body);
        List<JsonNode> entries = new ArrayList<>();
        for (JsonNode entry = ProtobufMessages.nextEntry(body);
                entry != null;
                entry = ProtobufMessages.nextEntry(body)) {
            entries.add(entry);
        }
        return new CursorEntries(prelude, entries);
    }

    String baton() {
        return prelude.get("baton").textValue();
    }

    /** Each entry in a few words: "begin 0", "row 1|'a'", "end 1", "error 0 SQLITE_ERROR". */
    List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (JsonNode entry : entries) {
            texts.add(
                    switch (entry.get("type").textValue()) {
                        case "step_begin" -> "begin " + entry.get("step").intValue();
                        case "row" -> "row " + Results.row(entry.get("row"));
                        case "step_end" ->
                            "end " + entry.get("affected_row_count").intValue();
                        case "step_error" ->
                            "error " + entry.get("step").intValue() + " "
                                    + entry.get("error").get("code").textValue();
                        default -> throw new AssertionError(entry);
                    });
        }
        return texts;
    }

    List<String> rows() {
        List<String> rows = new ArrayList<>();
        for (JsonNode entry : entries) {
            if (entry.get("type").textValue().equals("row")) {
                rows.add(Results.row(entry.get("row")));
            }
        }
        return rows;
    }
}
