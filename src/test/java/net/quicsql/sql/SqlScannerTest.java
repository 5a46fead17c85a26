package net.quicsql.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class SqlScannerTest {

    private static List<String> texts(String sql) {
        return SqlScanner.scan(sql).statements().stream()
                .map(SqlStatement::text)
                .toList();
    }

    @Test
    void splitsAtSemicolonsAndLeavesThemOut() {
        assertThat(texts("SELECT 1; SELECT 2 ;SELECT 3")).containsExactly("SELECT 1", "SELECT 2", "SELECT 3");
    }

    @Test
    void saysWhereEachStatementIs() {
        Script script = SqlScanner.scan(" SELECT 1 ;\n/* a */ DELETE FROM t -- b\n;");
        assertThat(script.statements())
                .allSatisfy(statement -> assertThat(statement.text())
                        .isEqualTo(script.text().substring(statement.start(), statement.end())));
        assertThat(script.statements().get(0).start()).isEqualTo(1);
        assertThat(script.statements().get(1).text()).isEqualTo("DELETE FROM t");
    }

    @Test
    void readsOneStatementAtATime() {
        Iterator<SqlStatement> statements = SqlScanner.iterate("SELECT 1;; SELECT 2;");
        assertThat(statements.next().text()).isEqualTo("SELECT 1");
        assertThat(statements.next().text()).isEqualTo("SELECT 2");
        assertThat(statements.hasNext()).isFalse();
        assertThatThrownBy(statements::next).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(() -> SqlScanner.iterate("SELECT 1; \0")).isInstanceOf(SqlTextException.class);
    }

    @Test
    void seesNoStatementInSpaceCommentsAndSemicolons() {
        assertThat(texts("")).isEmpty();
        assertThat(texts(" \t\r\n\f;;/* ; */;-- SELECT 1;\n;\uFEFF")).isEmpty();
        assertThat(texts("/* runs to the end SELECT 1")).isEmpty();
        assertThat(texts("-- no line end")).isEmpty();
    }

    @Test
    void stepsOverLeadingByteOrderMarkAndSemicolons() {
        assertThat(texts("\uFEFF;;\uFEFF SELECT 1")).containsExactly("SELECT 1");
        assertThat(SqlScanner.scan("\uFEFFSELECT\uFEFF1").statements().get(0).kind())
                .isEqualTo(StatementKind.OTHER);
    }

    @Test
    void takesVerticalTabsForSpaceOnlyBehindOtherSpace() {
        assertThat(texts(" \u000b\t\u000b; -- comment\n\u000b")).isEmpty();
        assertThat(texts("\u000b")).hasSize(1);
        assertThat(texts("/**/\u000b;\uFEFF\u000b")).hasSize(2);
    }

    @Test
    void takesAnUnfinishedCommentOpenerForOperators() {
        assertThat(texts("/*")).containsExactly("/*");
        assertThat(texts("SELECT 1 /*")).containsExactly("SELECT 1 /*");
        assertThat(texts("SELECT 1 /*;")).containsExactly("SELECT 1");
        assertThat(texts("SELECT 1 /*/; SELECT 2")).containsExactly("SELECT 1");
        assertThat(texts("SELECT 1 /**/; SELECT 2")).containsExactly("SELECT 1", "SELECT 2");
    }

    @Test
    void findsNoSemicolonInsideLiteralsNamesVariablesAndComments() {
        String inside = "SELECT ';', 'it''s;', \";\", \"a\"\";\", `;`, `a``;`, [;], $a(;) -- ;\n /* ; */ FROM t";
        assertThat(texts(inside + ";SELECT 2")).containsExactly(inside, "SELECT 2");
    }

    @Test
    void handsUnterminatedLiteralsOn() {
        assertThat(texts("SELECT 'a; SELECT 2")).containsExactly("SELECT 'a; SELECT 2");
        assertThat(texts("SELECT \"a; SELECT 2")).containsExactly("SELECT \"a; SELECT 2");
        assertThat(texts("SELECT `a; SELECT 2")).containsExactly("SELECT `a; SELECT 2");
        assertThat(texts("SELECT [a; SELECT 2")).containsExactly("SELECT [a; SELECT 2");
        assertThat(texts("SELECT x'0; SELECT 2")).containsExactly("SELECT x'0; SELECT 2");
        assertThat(texts("SELECT x'0;'; SELECT 2")).containsExactly("SELECT x'0;'", "SELECT 2");
    }

    @Test
    void keepsTriggersWhole() {
        String trigger = "CREATE TRIGGER end_of AFTER UPDATE OF a, [end] ON t WHEN new.a > 0 BEGIN\n"
                + "  UPDATE t SET a = CASE WHEN new.a = 1 THEN 2 ELSE 3 END; -- ; END ;\n"
                + "  INSERT INTO t(\"end\", weekend) SELECT ';', CASE a WHEN 1 THEN 2 END FROM t; ; END";
        assertThat(texts(trigger + "; SELECT 1")).containsExactly(trigger, "SELECT 1");
        assertThat(texts(trigger)).containsExactly(trigger);
        for (String create : List.of(
                "create temp trigger",
                "CREATE/**/TEMPORARY TRIGGER IF NOT EXISTS",
                "EXPLAIN CREATE TRIGGER",
                "EXPLAIN QUERY PLAN CREATE TEMP TRIGGER")) {
            String text = create + " x INSERT ON t BEGIN DELETE FROM t; END /**/";
            assertThat(texts(text + ";SELECT 1")).hasSize(2).last().isEqualTo("SELECT 1");
        }
    }

    @Test
    void splitsWhatOnlyLooksLikeATrigger() {
        assertThat(texts("CREATE TABLE trigger(a); SELECT 1")).hasSize(2);
        assertThat(texts("CREATE \"trigger\" x; SELECT 1")).hasSize(2);
        assertThat(texts("CREATE VIEW v AS SELECT 1; END; SELECT 1")).hasSize(3);
        assertThat(texts("SELECT create trigger; SELECT 1")).hasSize(2);
    }

    @Test
    void foldsKeywordsInAsciiOnly() {
        assertThat(SqlScanner.scan("sElEcT 1").statements().get(0).kind()).isEqualTo(StatementKind.READ);
        assertThat(SqlScanner.scan("ROLLBAC\u212A").statements().get(0).kind()).isEqualTo(StatementKind.OTHER);
        assertThat(SqlScanner.scan("\u017FELECT 1").statements().get(0).kind()).isEqualTo(StatementKind.OTHER);
    }

    @Test
    void refusesNulAnywhere() {
        for (String sql : List.of("\0", "SELECT 1\0", "SELECT '\0'", "-- \0", "SELECT 1; /*\0*/")) {
            SqlTextException thrown = catchThrowableOfType(SqlTextException.class, () -> SqlScanner.scan(sql));
            assertThat(thrown).hasMessageContaining("U+0000");
            assertThat(thrown.offset()).isEqualTo(sql.indexOf('\0'));
        }
    }

    @Test
    void refusesHalfOfASurrogatePairAnywhere() {
        for (String sql : List.of("'a\uD83D'", "'a\uDE00'", "'a\uDE00\uD83D'", "--a\uD83D", "'a\uD83D\uD83D\uDE00'")) {
            SqlTextException thrown = catchThrowableOfType(SqlTextException.class, () -> SqlScanner.scan(sql));
            assertThat(thrown).hasMessageContaining("surrogate");
            assertThat(thrown.offset()).isBetween(2, 3);
        }
    }

    @Test
    void keepsWholeSurrogatePairsAndTheTopOfTheBasicPlane() {
        String sql = "SELECT '\uD83D\uDE00', \uD83D\uDE00, '\uFFFF\uE000\uD7FF'";
        assertThat(texts(sql)).containsExactly(sql);
    }

    @Test
    void logsNoLiterals() {
        assertThat(SqlScanner.stripForLog(
                        "SELECT a,\n\t'secret''s', x'5ec7e7', -12.5e+3, 0xBEEF, .5 -- secret\nFROM  t /* secret */"
                                + " WHERE b=:name AND c = ?2",
                        1000))
                .isEqualTo("SELECT a, ?, ?, -?, ?, ? FROM t WHERE b=:name AND c = ?2");
        assertThat(SqlScanner.stripForLog("SELECT 'secret", 100)).isEqualTo("SELECT ?");
        assertThat(SqlScanner.stripForLog("SELECT 12secret, x'5ec7e'", 100)).isEqualTo("SELECT ?, ?");
    }

    @Test
    void logsDoubleQuotedNamesButNotWhatMayBeAString() {
        assertThat(SqlScanner.stripForLog("INSERT INTO \"t\"(\"a\", \"b\") VALUES(\"x\", \"y\") RETURNING \"a\"", 100))
                .isEqualTo("INSERT INTO \"t\"(\"a\", \"b\") VALUES(?, ?) RETURNING \"a\"");
        assertThat(SqlScanner.stripForLog(
                        "SELECT \"u\".\"id\" FROM \"u\" WHERE \"u\".\"n\"=\"ann\" OR \"u\".\"n\"=\"b\".\"n\"", 100))
                .isEqualTo("SELECT \"u\".\"id\" FROM \"u\" WHERE \"u\".\"n\"=? OR \"u\".\"n\"=\"b\".\"n\"");
        assertThat(SqlScanner.stripForLog("SELECT \"ann@example.org\"", 100)).isEqualTo("SELECT ?");
    }

    @Test
    void logsOneBoundedLineWhateverTheText() {
        assertThat(SqlScanner.stripForLog("SELECT [a\r\nb], c\u0085d, `\u2028`, \0 \uD800", 100))
                .isEqualTo("SELECT [a??b], c?d, `?`, ? ?");
        assertThat(SqlScanner.stripForLog("SELECT aaaaaaaaaaaaaaaaaaaaaa", 12)).isEqualTo("SELECT aaaa\u2026");
        assertThat(SqlScanner.stripForLog("SELECT a", 8)).isEqualTo("SELECT a");
        assertThat(SqlScanner.stripForLog("  ", 1)).isEmpty();
    }

    @Test
    void keepsTextsOutOfToString() {
        Script script = SqlScanner.scan("SELECT 'secret'");
        assertThat(script.toString()).doesNotContain("secret");
        assertThat(script.statements().get(0).toString()).doesNotContain("secret");
    }
}
