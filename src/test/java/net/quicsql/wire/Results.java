package net.quicsql.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer to one pipeline.
 *
 * @param body the whole of it
 */
record Results(JsonNode body) {
    /** The next baton; null where the stream is closed. */
    String baton() {
        return body.get("baton").textValue();
    }

    int size() {
        return body.get("results").size();
    }

    JsonNode item(int index) {
        return body.get("results").get(index);
    }

    /** "ok", or the error's code. */
    String code(int index) {
        JsonNode item = item(index);
        return item.get("type").textValue().equals("ok")
                ? "ok"
                : item.get("error").get("code").textValue();
    }

    List<String> codes() {
        List<String> codes = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            codes.add(code(i));
        }
        return codes;
    }

    String message(int index) {
        assertThat(code(index)).isNotEqualTo("ok");
        return item(index).get("error").get("message").textValue();
    }

    JsonNode response(int index) {
        assertThat(code(index)).as("%s", item(index)).isEqualTo("ok");
        return item(index).get("response");
    }

    JsonNode result(int index) {
        return response(index).get("result");
    }

    boolean autocommit(int index) {
        return response(index).get("is_autocommit").booleanValue();
    }

    List<String> rows(int index) {
        return rowsOf(result(index));
    }

    /** Of each step of a batch "ok", the error's code, or "skipped". */
    List<String> steps(int index) {
        JsonNode results = result(index).get("step_results");
        JsonNode errors = result(index).get("step_errors");
        assertThat(errors.size()).isEqualTo(results.size());
        List<String> steps = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            assertThat(results.get(i).isNull() || errors.get(i).isNull()).isTrue();
            if (!results.get(i).isNull()) {
                steps.add("ok");
            } else {
                steps.add(
                        errors.get(i).isNull()
                                ? "skipped"
                                : errors.get(i).get("code").textValue());
            }
        }
        return steps;
    }

    List<String> stepRows(int index, int step) {
        return rowsOf(result(index).get("step_results").get(step));
    }

    /** A row's cells, parted by a bar: 1, 1.5, 'text', x'base64' or NULL. */
    static String row(JsonNode cells) {
        List<String> texts = new ArrayList<>();
        for (JsonNode cell : cells) {
            texts.add(
                    switch (cell.get("type").textValue()) {
                        case "null" -> "NULL";
                        case "integer" -> cell.get("value").textValue();
                        case "float" -> cell.get("value").toString();
                        case "text" -> "'" + cell.get("value").textValue() + "'";
                        case "blob" -> "x'" + cell.get("base64").textValue() + "'";
                        default -> throw new AssertionError(cell);
                    });
        }
        return String.join("|", texts);
    }

    private static List<String> rowsOf(JsonNode result) {
        List<String> rows = new ArrayList<>();
        result.get("rows").forEach(row -> rows.add(row(row)));
        return rows;
    }
}
