package net.quicsql.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SqlStatementTest {

    private static SqlStatement one(String sql) {
        List<SqlStatement> statements = SqlScanner.scan(sql).statements();
        assertThat(statements).hasSize(1);
        return statements.get(0);
    }

    @Test
    void knowsTheKindByTheFirstKeyword() {
        Map<String, StatementKind> kinds = Map.ofEntries(
                Map.entry("/**/select 1", StatementKind.READ),
                Map.entry("VALUES(1)", StatementKind.READ),
                Map.entry("INSERT INTO t VALUES(1)", StatementKind.WRITE),
                Map.entry("REPLACE INTO t VALUES(1)", StatementKind.WRITE),
                Map.entry("UPDATE t SET a = 1", StatementKind.WRITE),
                Map.entry("DELETE FROM t", StatementKind.WRITE),
                Map.entry("WITH a AS (SELECT 1) SELECT 1", StatementKind.WITH),
                Map.entry("EXPLAIN SELECT 1", StatementKind.EXPLAIN),
                Map.entry("BEGIN", StatementKind.BEGIN),
                Map.entry("COMMIT", StatementKind.COMMIT),
                Map.entry("END TRANSACTION", StatementKind.COMMIT),
                Map.entry("ROLLBACK", StatementKind.ROLLBACK),
                Map.entry("ROLLBACK TRANSACTION x", StatementKind.ROLLBACK),
                Map.entry("ROLLBACK TRANSACTION x TO y", StatementKind.ROLLBACK_TO),
                Map.entry("ROLLBACK TO SAVEPOINT y", StatementKind.ROLLBACK_TO),
                Map.entry("SAVEPOINT a", StatementKind.SAVEPOINT),
                Map.entry("RELEASE a", StatementKind.RELEASE),
                Map.entry("/**/PRAGMA x", StatementKind.PRAGMA),
                Map.entry("CREATE TABLE t(a)", StatementKind.DDL),
                Map.entry("DROP TABLE t", StatementKind.DDL),
                Map.entry("ALTER TABLE t RENAME TO u", StatementKind.DDL),
                Map.entry("REINDEX", StatementKind.DDL),
                Map.entry("ANALYZE", StatementKind.DDL),
                Map.entry("VACUUM", StatementKind.VACUUM),
                Map.entry("ATTACH 'x' AS y", StatementKind.ATTACH),
                Map.entry("DETACH y", StatementKind.DETACH),
                Map.entry("backup to 'x'", StatementKind.OTHER),
                Map.entry("\"SELECT\" 1", StatementKind.OTHER),
                Map.entry("SELECTS 1", StatementKind.OTHER),
                Map.entry("\\", StatementKind.OTHER));
        kinds.forEach((sql, kind) -> assertThat(one(sql).kind()).as(sql).isEqualTo(kind));
    }

    @Test
    void findsTheVerbBehindTableExpressions() {
        assertThat(one("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a").verb())
                .isEqualTo(Verb.INSERT);
        assertThat(one("WITH RECURSIVE c(n) AS (VALUES(1) UNION ALL SELECT n+1 FROM c) SELECT * FROM c")
                        .verb())
                .isEqualTo(Verb.SELECT);
        assertThat(one("WITH replace(a) AS NOT MATERIALIZED (SELECT ')'), b AS (DELETE) UPDATE t SET a=1")
                        .verb())
                .isEqualTo(Verb.UPDATE);
        assertThat(one("WITH a AS (SELECT 1), replace AS (SELECT 2) VALUES(1)").verb())
                .isEqualTo(Verb.VALUES);
        assertThat(one("WITH a AS (SELECT 1) REPLACE INTO t SELECT 1").verb()).isEqualTo(Verb.REPLACE);
        assertThat(one("WITH a AS (SELECT 1)/**/DELETE FROM t").verb()).isEqualTo(Verb.DELETE);
        assertThat(one("WITH a AS (SELECT 1)").verb()).isEqualTo(Verb.OTHER);
    }

    @Test
    void takesTheReplaceFunctionForNoVerb() {
        assertThat(one("SELECT REPLACE(a, 'b', 'c') FROM t").verb()).isEqualTo(Verb.SELECT);
        assertThat(one("WITH a AS (SELECT replace('a', 'b', 'c')) SELECT (1), replace('a', 'b', 'c')")
                        .verb())
                .isEqualTo(Verb.SELECT);
    }

    @Test
    void looksThroughExplain() {
        assertThat(one("EXPLAIN QUERY PLAN WITH a AS (SELECT 1) DELETE FROM t")).satisfies(statement -> {
            assertThat(statement.kind()).isEqualTo(StatementKind.EXPLAIN);
            assertThat(statement.explained()).isEqualTo(StatementKind.WITH);
            assertThat(statement.verb()).isEqualTo(Verb.DELETE);
        });
        assertThat(one("EXPLAIN /**/ PRAGMA foreign_keys=0").explained()).isEqualTo(StatementKind.PRAGMA);
        assertThat(one("EXPLAIN QUERY PLAN ATTACH 'x' AS y").explained()).isEqualTo(StatementKind.ATTACH);
        assertThat(one("EXPLAIN ROLLBACK TO x").explained()).isEqualTo(StatementKind.ROLLBACK_TO);
        assertThat(one("EXPLAIN ROLLBACK TO x").transactionKeyword()).isFalse();
        assertThat(one("EXPLAIN").explained()).isEqualTo(StatementKind.OTHER);
        assertThat(one("EXPLAIN QUERY SELECT 1").explained()).isEqualTo(StatementKind.OTHER);
        assertThat(one("SELECT 1").explained()).isNull();
    }

    @Test
    void readsTheModeOfATransaction() {
        assertThat(one("BEGIN").transactionMode()).isEqualTo(TransactionMode.UNSPECIFIED);
        assertThat(one("BEGIN TRANSACTION x").transactionMode()).isEqualTo(TransactionMode.UNSPECIFIED);
        assertThat(one("begin deferred transaction").transactionMode()).isEqualTo(TransactionMode.DEFERRED);
        assertThat(one("BEGIN IMMEDIATE").transactionMode()).isEqualTo(TransactionMode.IMMEDIATE);
        assertThat(one("BEGIN EXCLUSIVE TRANSACTION").transactionMode()).isEqualTo(TransactionMode.EXCLUSIVE);
        for (String sql : List.of(
                "BEGIN READONLY",
                "begin transaction ReadOnly",
                "BEGIN/**/READONLY TRANSACTION",
                "BEGIN READONLY TRANSACTION x;")) {
            assertThat(one(sql).transactionMode()).as(sql).isEqualTo(TransactionMode.READONLY);
        }
    }

    @Test
    void leavesAMisspeltReadonlyBeginToSqlite() {
        assertThat(one("BEGIN READONLY nonsense").transactionMode()).isEqualTo(TransactionMode.UNSPECIFIED);
        assertThat(one("BEGIN TRANSACTION \"readonly\"").transactionMode()).isEqualTo(TransactionMode.UNSPECIFIED);
        assertThat(one("BEGIN IMMEDIATE TRANSACTION readonly").transactionMode())
                .isEqualTo(TransactionMode.IMMEDIATE);
    }

    @Test
    void namesSavepointsWithoutQuotes() {
        assertThat(one("SAVEPOINT a").savepointName()).isEqualTo("a");
        assertThat(one("SAVEPOINT savepoint").savepointName()).isEqualTo("savepoint");
        assertThat(one("SAVEPOINT \"a\"\"b\"").savepointName()).isEqualTo("a\"b");
        assertThat(one("RELEASE 'it''s'").savepointName()).isEqualTo("it's");
        assertThat(one("RELEASE SAVEPOINT [a\"\"b]").savepointName()).isEqualTo("a\"\"b");
        assertThat(one("ROLLBACK TO `a``b`").savepointName()).isEqualTo("a`b");
        assertThat(one("ROLLBACK TRANSACTION x TO SAVEPOINT Y").savepointName()).isEqualTo("Y");
        assertThat(one("SAVEPOINT").savepointName()).isNull();
        assertThat(one("SAVEPOINT a b").savepointName()).isNull();
        assertThat(one("SELECT 1").savepointName()).isNull();
    }

    @Test
    void knowsReturningOnlyAsAClauseOfAWrite() {
        assertThat(one("INSERT INTO t VALUES(1) RETURNING a").returning()).isTrue();
        assertThat(one("WITH a AS (SELECT 1) DELETE FROM t returning *").returning())
                .isTrue();
        assertThat(one("INSERT INTO t SELECT \"returning\", 'RETURNING' /* RETURNING */")
                        .returning())
                .isFalse();
        assertThat(one("INSERT INTO t VALUES((1 RETURNING 2))").returning()).isFalse();
        assertThat(one("SELECT 1 RETURNING 2").returning()).isFalse();
    }

    @Test
    void noticesLastInsertRowidHoweverItIsWritten() {
        assertThat(one("SELECT last_insert_rowid()").namesLastInsertRowid()).isTrue();
        assertThat(one("SELECT \"Last_Insert_RowId\"()").namesLastInsertRowid()).isTrue();
        assertThat(one("SELECT [last_insert_rowid] /**/ ()").namesLastInsertRowid())
                .isTrue();
        assertThat(one("SELECT 'last_insert_rowid()', last_insert_rowids").namesLastInsertRowid())
                .isFalse();
    }

    @Test
    void noticesCallsOfChanges() {
        assertThat(one("SELECT changes()").namesChanges()).isTrue();
        assertThat(one("SELECT `TOTAL_changes`/**/ -- \n()").namesChanges()).isTrue();
        assertThat(one("SELECT changes, (1) FROM \"changes\" WHERE 'changes' (a)")
                        .namesChanges())
                .isFalse();
    }

    @Test
    void noticesTemporaryObjects() {
        for (String sql : List.of(
                "CREATE TEMP TABLE t(a)",
                "create temporary view v AS SELECT 1",
                "CREATE TEMP TRIGGER x INSERT ON t BEGIN SELECT 1; END",
                "CREATE TABLE temp.t(a)",
                "CREATE TABLE IF NOT EXISTS \"Temp\".t(a)",
                "CREATE VIRTUAL TABLE 'temp'.t USING fts5(a)",
                "CREATE UNIQUE INDEX temp.i ON t(a)",
                "CREATE TRIGGER x AFTER UPDATE OF a, b ON temp.t BEGIN SELECT 1; END",
                "DROP TABLE IF EXISTS temp . t",
                "ALTER TABLE [temp].t RENAME TO u",
                "INSERT OR REPLACE INTO temp.t VALUES(1)",
                "REPLACE INTO temp.t VALUES(1)",
                "UPDATE OR FAIL temp.t SET a = 1",
                "WITH a AS (SELECT 1) DELETE FROM temp.t",
                "ANALYZE temp",
                "REINDEX temp.i")) {
            assertThat(one(sql).temporary()).as(sql).isTrue();
        }
        for (String sql : List.of(
                "CREATE TABLE temp(a)",
                "CREATE TABLE main.temp(a)",
                "INSERT INTO t SELECT temp.a FROM temp",
                "UPDATE t SET a = 1 WHERE temp.a = 2",
                "SELECT * FROM temp.t",
                "CREATE VIEW v AS SELECT temp.a FROM temp",
                "DROP TABLE temporary")) {
            assertThat(one(sql).temporary()).as(sql).isFalse();
        }
    }

    @Test
    void noticesWritesToTheSchemaTable() {
        for (String sql : List.of(
                "INSERT INTO sqlite_schema VALUES(1)",
                "UPDATE OR IGNORE main.Sqlite_Master SET sql = ''",
                "DELETE FROM \"sqlite_temp_schema\"",
                "REPLACE INTO 'sqlite_temp_master' VALUES(1)",
                "EXPLAIN WITH a AS (SELECT 1) DELETE FROM temp.[sqlite_schema]")) {
            assertThat(one(sql).mentionsSchemaTable()).as(sql).isTrue();
        }
        assertThat(one("DELETE FROM t WHERE a IN (SELECT name FROM sqlite_schema)")
                        .mentionsSchemaTable())
                .isFalse();
        assertThat(one("SELECT * FROM sqlite_schema").mentionsSchemaTable()).isFalse();
    }

    @Test
    void noticesConflictWordsThatMayEndATransaction() {
        assertThat(one("INSERT OR ROLLBACK INTO t VALUES(1)").mayEndTransaction())
                .isTrue();
        assertThat(one("WITH a AS (SELECT 1) UPDATE OR FAIL t SET a = 1").mayEndTransaction())
                .isTrue();
        assertThat(one("DELETE FROM t WHERE RAISE(ROLLBACK, 'x')").mayEndTransaction())
                .isTrue();
        assertThat(one("INSERT OR ABORT INTO t VALUES('ROLLBACK', \"FAIL\")").mayEndTransaction())
                .isFalse();
        assertThat(one("INSERT OR REPLACE INTO t VALUES(1)").mayEndTransaction())
                .isFalse();
        assertThat(one("ROLLBACK").mayEndTransaction()).isFalse();
    }

    @Test
    void noticesVacuumInto() {
        assertThat(one("VACUUM INTO 'x'").vacuumInto()).isTrue();
        assertThat(one("EXPLAIN VACUUM main /**/ into 'x'").vacuumInto()).isTrue();
        assertThat(one("VACUUM").vacuumInto()).isFalse();
        assertThat(one("INSERT INTO t VALUES(1)").vacuumInto()).isFalse();
    }

    @Test
    void takesPragmasApart() {
        assertThat(one("PRAGMA User_Version").pragma())
                .isEqualTo(new PragmaCall(null, "user_version", null, PragmaCall.Form.NONE));
        assertThat(one("explain pragma Main.\"cache_size\" = - 2000").pragma())
                .isEqualTo(new PragmaCall("main", "cache_size", "-2000", PragmaCall.Form.EQUALS));
        assertThat(one("PRAGMA 'main'.table_info ( \"a\"\"b\" )").pragma())
                .isEqualTo(new PragmaCall("main", "table_info", "a\"b", PragmaCall.Form.PARENTHESES));
        assertThat(one("PRAGMA foreign_keys == ON").pragma())
                .isEqualTo(new PragmaCall(null, "foreign_keys", "ON", PragmaCall.Form.EQUALS));
        assertThat(one("PRAGMA user_version(+0x10)").pragma())
                .isEqualTo(new PragmaCall(null, "user_version", "0x10", PragmaCall.Form.PARENTHESES));
        assertThat(one("SELECT 1").pragma()).isNull();
    }

    @Test
    void takesNoMalformedPragmaApart() {
        for (String sql : List.of(
                "PRAGMA",
                "PRAGMA a.",
                "PRAGMA a.b.c",
                "PRAGMA foreign_keys=0 x",
                "PRAGMA foreign_keys=",
                "PRAGMA foreign_keys=?",
                "PRAGMA foreign_keys=-on",
                "PRAGMA foreign_keys(0",
                "PRAGMA foreign_keys()",
                "PRAGMA foreign_keys(0))",
                "PRAGMA foreign_keys(0) 'x",
                "PRAGMA table_info(a, b)",
                "PRAGMA user_version = x'00'")) {
            assertThat(one(sql).kind()).isEqualTo(StatementKind.PRAGMA);
            assertThat(one(sql).pragma()).as(sql).isNull();
        }
    }

    @Test
    void collectsPragmaFunctions() {
        assertThat(one("SELECT * FROM pragma_table_info('t') JOIN Pragma_Optimize, [pragma_A], \"pragma_optimize\"")
                        .pragmaFunctions())
                .containsExactly("pragma_table_info", "pragma_optimize", "pragma_a");
        assertThat(one("CREATE VIEW v AS SELECT 1 IN main.pragma_x").pragmaFunctions())
                .containsExactly("pragma_x");
        assertThat(one("SELECT 1").pragmaFunctions()).isEmpty();
    }

    @Test
    void collectsPragmaFunctionsThatAreNamedByAString() {
        for (String sql : List.of(
                "SELECT * FROM 'pragma_optimize'",
                "SELECT * FROM ('pragma_optimize')",
                "SELECT * FROM t, 'pragma_optimize'(1)",
                "SELECT * FROM t JOIN 'PRAGMA_optimize'",
                "SELECT * FROM main.'pragma_optimize'",
                "SELECT 1 IN 'pragma_optimize'")) {
            assertThat(one(sql).pragmaFunctions()).as(sql).containsExactly("pragma_optimize");
        }
        assertThat(one("INSERT INTO t VALUES('pragma_optimize', 'pragma_x')").pragmaFunctions())
                .isEmpty();
    }

    @Test
    void knowsTransactionKeywords() {
        for (String sql : List.of("BEGIN", "COMMIT", "END", "ROLLBACK", "ROLLBACK TO a", "SAVEPOINT a", "RELEASE a")) {
            assertThat(one(sql).transactionKeyword()).as(sql).isTrue();
        }
        assertThat(one("SELECT 1").transactionKeyword()).isFalse();
    }
}
