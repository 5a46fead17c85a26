package net.quicsql.wire;

import static net.quicsql.wire.Requests.CLOSE;
import static net.quicsql.wire.Requests.NULL;
import static net.quicsql.wire.Requests.blob;
import static net.quicsql.wire.Requests.execute;
import static net.quicsql.wire.Requests.integer;
import static net.quicsql.wire.Requests.real;
import static net.quicsql.wire.Requests.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SQLite's values on their way in and out. */
@ParameterizedClass
@EnumSource(Door.class)
class ValueWireTest {
    @RegisterExtension
    static final WireServer SERVER = WireServer.with();

    private final Door door;
    private final HranaClient client;

    ValueWireTest(Door door) {
        this.door = door;
        client = SERVER.client(door);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, Long.MAX_VALUE, 0, -1, 9007199254740993L})
    void returnsEveryIntegerExactlyAndAsAString(long value) throws IOException {
        Results results = client.pipeline(null, execute("SELECT ?, typeof(?1)", integer(value)), CLOSE);
        assertThat(results.result(0).at("/rows/0/0").toString())
                .isEqualTo("{\"type\":\"integer\",\"value\":\"" + value + "\"}");
        assertThat(results.result(0).at("/rows/0/1/value").textValue()).isEqualTo("integer");
    }

    @Test
    void takesAnIntegerWrittenAsANumber() throws IOException {
        assertThat(client.rows("SELECT ?", "{\"type\":\"integer\",\"value\":9223372036854775807}"))
                .containsExactly("9223372036854775807");
    }

    @Test
    void bindsFloatsAsRealWhateverTheyLookLike() throws IOException {
        client.run("DROP TABLE IF EXISTS f; CREATE TABLE f(untyped, i INTEGER)");
        assertThat(client.rows(
                        "INSERT INTO f VALUES(?1, ?1) RETURNING untyped, typeof(untyped), i, typeof(i)", real("1")))
                .containsExactly("1.0|'real'|1|'integer'");
        assertThat(client.rows("SELECT ?, typeof(?1)", real("1e300"))).containsExactly("1.0E300|'real'");
        assertThat(client.rows("SELECT ?", real("-0.1"))).containsExactly("-0.1");
    }

    @ParameterizedTest
    @CsvSource({"AQ==, AQ", "AQ, AQ", "AQI=, AQI", "AQI, AQI", "AQID, AQID", "+/8=, +/8", "+/8, +/8"})
    void takesBlobsWithAndWithoutPaddingAndReturnsThemWithout(String given, String returned) throws IOException {
        assertThat(client.rows("SELECT ?, typeof(?1)", blob(given))).containsExactly("x'" + returned + "'|'blob'");
    }

    @Test
    void tellsEmptyBlobsAndTextsFromNull() throws IOException {
        assertThat(client.rows("SELECT ?1, ?2, ?3, typeof(?1), typeof(?2), typeof(?3)", blob(""), text(""), NULL))
                .containsExactly("x''|''|NULL|'blob'|'text'|'null'");
    }

    @Test
    void writesNullWithoutAValue() throws IOException {
        assertThat(client.pipeline(null, execute("SELECT NULL"), CLOSE)
                        .result(0)
                        .at("/rows/0/0")
                        .toString())
                .isEqualTo("{\"type\":\"null\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a\0b", "\uD83D\uDE00", "a/b", "\"quoted\" 'twice' \\", "\t\n\r\b\f\u0001\u007f", "\u2028", "ünï"
            })
    void returnsTextAsItCame(String value) throws IOException {
        Results results = client.pipeline(null, execute("SELECT ?, length(CAST(?1 AS BLOB))", text(value)), CLOSE);
        assertThat(results.result(0).at("/rows/0/0/value").textValue()).isEqualTo(value);
        int bytes = value.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        assertThat(results.result(0).at("/rows/0/1/value").textValue()).isEqualTo(Integer.toString(bytes));
    }

    @Test
    void returnsNullForNumbersThatJsonHasNot() throws IOException {
        boolean json = door.isJson();
        assertThat(client.rows("SELECT 9e999, -9e999, 1"))
                .containsExactly(json ? "NULL|NULL|1" : "\"Infinity\"|\"-Infinity\"|1");
        assertThat(client.stream().cursor(Requests.step("SELECT 9e999")).rows())
                .containsExactly(json ? "NULL" : "\"Infinity\"");
    }

    @Test
    void returnsTextThatIsNotUtf8WithReplacementCharacters() throws IOException {
        client.run(
                "DROP TABLE IF EXISTS bad; CREATE TABLE bad(t TEXT); INSERT INTO bad VALUES(CAST(x'61ff62' AS TEXT))");
        assertThat(client.rows("SELECT t FROM bad")).containsExactly("'a\uFFFDb'");
        assertThat(client.rows("SELECT CAST(x'ff' AS TEXT)")).containsExactly("'\uFFFD'");
        assertThat(client.stream().cursor(Requests.step("SELECT t FROM bad")).rows())
                .containsExactly("'a\uFFFDb'");
        assertThat(client.rows("SELECT hex(t) FROM bad")).containsExactly("'61FF62'");
    }

    @Test
    void namesColumnsBeyondAscii() throws IOException {
        JsonNode columns = client.pipeline(null, execute("SELECT 1 AS \"ü\uD83D\uDE00\""), CLOSE)
                .result(0)
                .get("cols");
        assertThat(columns.at("/0/name").textValue()).isEqualTo("ü\uD83D\uDE00");
    }
}
