package net.quicsql.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Hrana's requests as the JSON that clients send. */
final class Requests {
    static final String CLOSE = "{\"type\":\"close\"}";
    static final String GET_AUTOCOMMIT = "{\"type\":\"get_autocommit\"}";
    static final String NULL = "{\"type\":\"null\"}";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Requests() {}

    static String execute(String sql, String... args) {
        return executeStmt(stmt(sql, args));
    }

    static String executeStmt(String stmt) {
        return "{\"type\":\"execute\",\"stmt\":" + stmt + "}";
    }

    /** A statement with values made by the methods below. */
    static String stmt(String sql, String... args) {
        return "{\"sql\":" + quote(sql) + ",\"args\":" + array(args) + "}";
    }

    static String stmtOf(int sqlId, String... args) {
        return "{\"sql_id\":" + sqlId + ",\"args\":" + array(args) + "}";
    }

    static String stmtWithNames(String sql, String... namedArgs) {
        return "{\"sql\":" + quote(sql) + ",\"named_args\":" + array(namedArgs) + "}";
    }

    static String named(String name, String value) {
        return "{\"name\":" + quote(name) + ",\"value\":" + value + "}";
    }

    static String integer(long value) {
        return "{\"type\":\"integer\",\"value\":\"" + value + "\"}";
    }

    static String real(String number) {
        return "{\"type\":\"float\",\"value\":" + number + "}";
    }

    static String text(String value) {
        return "{\"type\":\"text\",\"value\":" + quote(value) + "}";
    }

    static String blob(String base64) {
        return "{\"type\":\"blob\",\"base64\":" + quote(base64) + "}";
    }

    /** A batch request of steps made by {@link #step} and {@link #stepIf}. */
    static String batch(String... steps) {
        return "{\"type\":\"batch\",\"batch\":{\"steps\":" + array(steps) + "}}";
    }

    static String step(String sql, String... args) {
        return "{\"stmt\":" + stmt(sql, args) + "}";
    }

    static String stepIf(String condition, String sql) {
        return "{\"condition\":" + condition + ",\"stmt\":" + stmt(sql) + "}";
    }

    static String ok(int step) {
        return "{\"type\":\"ok\",\"step\":" + step + "}";
    }

    static String failed(int step) {
        return "{\"type\":\"error\",\"step\":" + step + "}";
    }

    static String not(String condition) {
        return "{\"type\":\"not\",\"cond\":" + condition + "}";
    }

    static String and(String... conditions) {
        return "{\"type\":\"and\",\"conds\":" + array(conditions) + "}";
    }

    static String or(String... conditions) {
        return "{\"type\":\"or\",\"conds\":" + array(conditions) + "}";
    }

    static String sequence(String sql) {
        return "{\"type\":\"sequence\",\"sql\":" + quote(sql) + "}";
    }

    static String describe(String sql) {
        return "{\"type\":\"describe\",\"sql\":" + quote(sql) + "}";
    }

    static String storeSql(int sqlId, String sql) {
        return "{\"type\":\"store_sql\",\"sql_id\":" + sqlId + ",\"sql\":" + quote(sql) + "}";
    }

    static String closeSql(int sqlId) {
        return "{\"type\":\"close_sql\",\"sql_id\":" + sqlId + "}";
    }

    /** The body of a pipeline. */
    static String pipeline(String baton, String... requests) {
        return "{\"baton\":" + quote(baton) + ",\"requests\":" + array(requests) + "}";
    }

    /** The body of a cursor. */
    static String cursor(String baton, String... steps) {
        return "{\"baton\":" + quote(baton) + ",\"batch\":{\"steps\":" + array(steps) + "}}";
    }

    static String quote(String text) {
        try {
            return JSON.writeValueAsString(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String array(String... items) {
        return "[" + String.join(",", items) + "]";
    }
}
