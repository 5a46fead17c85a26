package net.quicsql.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParametersTest {

    private static Parameters of(String expressions) {
        return SqlScanner.scan("SELECT " + expressions).statements().get(0).parameters();
    }

    private static List<String> names(String expressions) {
        Parameters parameters = of(expressions);
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= parameters.count(); i++) {
            names.add(String.valueOf(parameters.name(i)));
        }
        return names;
    }

    @Test
    void numbersBareMarksInOrder() {
        assertThat(names("?, ?,?")).containsExactly("null", "null", "null");
    }

    @Test
    void numbersMarksByTheirNumberAndCountsToTheLargest() {
        assertThat(names("?2, ?1")).containsExactly("?1", "?2");
        assertThat(names("?3, ?")).containsExactly("null", "null", "?3", "null");
        assertThat(of("?3").indexOf("?3")).isEqualTo(3);
        assertThat(of("?3").indexOf("?1")).isZero();
    }

    @Test
    void numbersNamesWhenFirstSeen() {
        assertThat(names(":a, @a, $a, :a, #a, ?2, ?, :b")).containsExactly(":a", "@a", "$a", "#a", "null", ":b");
        assertThat(of(":a, @a, :a").indexOf("@a")).isEqualTo(2);
        assertThat(of(":a").indexOf("a")).isZero();
        assertThat(of(":a, :A").count()).isEqualTo(2);
    }

    @Test
    void keepsTheFirstNameOfANumber() {
        assertThat(names("?, ?1, ?01")).containsExactly("?1");
        assertThat(names("?03, ?3")).containsExactly("null", "null", "?03");
        assertThat(of("?03, ?3").indexOf("?3")).isZero();
        assertThat(names(":a, ?1")).containsExactly(":a");
    }

    @Test
    void readsEveryFormOfAName() {
        assertThat(names("$a::b(c), :1, @\u00e9, $::x, $a::, :::a, $a(;)"))
                .containsExactly("$a::b(c)", ":1", "@\u00e9", "$::x", "$a::", ":::a", "$a(;)");
        assertThat(names("?1a, ?_, ?1_0")).containsExactly("?1", "null");
    }

    @Test
    void findsNoneInLiteralsNamesAndComments() {
        assertThat(of("'?', \"?\", `:a`, [@b], a$b, x'00', 1e5, 0x1F /* ? */ -- ?")
                        .count())
                .isZero();
    }

    @Test
    void passesOverWhatSqliteRefuses() {
        assertThat(of("?0, ?32767, ?99999999999, ?00000000000000000000, #1, $(a), :")
                        .count())
                .isZero();
        assertThat(of("?32766").count()).isEqualTo(32_766);
        assertThat(of("?32766, ?, :a").count()).isEqualTo(32_766);
        assertThat(of("?00000000000000000007").count()).isEqualTo(7);
    }

    @Test
    void keepsCountOfManyNames() {
        StringBuilder sql = new StringBuilder("?40");
        for (int i = 0; i < 100; i++) {
            sql.append(",:p")
                    .append(i)
                    .append(", :p")
                    .append(i / 2)
                    .append(", ?")
                    .append(i + 1);
        }
        Parameters parameters = of(sql.toString());
        assertThat(parameters.count()).isEqualTo(140);
        assertThat(parameters.indexOf(":p99")).isEqualTo(140);
        assertThat(parameters.name(140)).isEqualTo(":p99");
        assertThat(parameters.name(39)).isEqualTo("?39");
        assertThat(parameters.name(141)).isNull();
        assertThat(parameters.indexOf(":p100")).isZero();
    }

    @Test
    void countsEachStatementOnItsOwn() {
        assertThat(SqlScanner.scan("SELECT ?; SELECT ?, ?; SELECT 1").statements())
                .extracting(statement -> statement.parameters().count())
                .containsExactly(1, 2, 0);
    }
}
