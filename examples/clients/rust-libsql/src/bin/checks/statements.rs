use libsql::{named_params, params, Connection, Value};

use crate::expect::{execute, fail, integer, must, one, texts, Checks};

pub async fn check(checks: &mut Checks, connection: &Connection) {
    execute(connection, "DROP TABLE IF EXISTS things_rust").await;
    let sql = "CREATE TABLE things_rust (id INTEGER PRIMARY KEY, name TEXT UNIQUE, n INTEGER)";
    checks.equal("CREATE TABLE changes no row", execute(connection, sql).await, 0);
    counts(checks, connection).await;
    arguments(checks, connection).await;
    prepared(checks, connection).await;
    batches(checks, connection).await;
    many_rows(checks, connection).await;
}

async fn counts(checks: &mut Checks, connection: &Connection) {
    let before = connection.total_changes();
    let insert = "INSERT INTO things_rust (name, n) VALUES ('a', 1), ('b', 2), ('c', 3)";
    checks.equal("INSERT of three rows", execute(connection, insert).await, 3);
    checks.equal("the last row id", connection.last_insert_rowid(), 3);
    checks.equal("changes()", connection.changes(), 3);
    let far = "INSERT INTO things_rust (id, name) VALUES (?, 'far')";
    must(far, connection.execute(far, [i64::MAX]).await);
    checks.equal("a large row id", connection.last_insert_rowid(), i64::MAX);
    let update = "UPDATE things_rust SET n = n + 10 WHERE n >= 2";
    checks.equal("UPDATE", execute(connection, update).await, 2);
    checks.equal("the last row id after an UPDATE", connection.last_insert_rowid(), i64::MAX);
    checks.equal("DELETE", execute(connection, "DELETE FROM things_rust WHERE id > 100").await, 1);
    checks.equal("DELETE of nothing", execute(connection, "DELETE FROM things_rust WHERE id > 100").await, 0);
    checks.equal("total_changes()", connection.total_changes() - before, 7);

    let sql = "INSERT INTO things_rust (name) VALUES ('d') RETURNING name || id";
    checks.equal("RETURNING", one(connection, sql, ()).await, Value::Text("d4".into()));
    // The crate looks for another name than the one that the answer has.
    checks.equal("the last row id after a query", connection.last_insert_rowid(), i64::MAX);
    let all = texts(connection, "UPDATE things_rust SET n = 0 RETURNING name").await;
    checks.equal("RETURNING of many rows", all.len(), 4);
    checks.equal("changes() after a query that was read to its end", connection.changes(), 4);
    let sql = "INSERT INTO things_rust (name) VALUES ('e') RETURNING id";
    checks.equal("execute of RETURNING", execute(connection, sql).await, 1);
    checks.equal("the last row id after that", connection.last_insert_rowid(), 5);
}

async fn arguments(checks: &mut Checks, connection: &Connection) {
    let text = |text: &str| Value::Text(text.into());
    checks.equal("? and ?", one(connection, "SELECT ? || ?", ["a", "b"]).await, text("ab"));
    checks.equal("?2 and ?1", one(connection, "SELECT ?2 || ?1 || ?2", params!["a", "b"]).await, text("bab"));
    let named = named_params! { ":a": "x", "@b": "y", "$c": "z" };
    checks.equal(":a, @b and $c", one(connection, "SELECT :a || @b || $c || :a", named).await, text("xyzx"));
    let bare = vec![("a".to_string(), text("bare"))];
    checks.equal("a name without its prefix", one(connection, "SELECT :a", bare).await, text("bare"));
    let few = connection.execute("SELECT ?1, ?2", [1]).await;
    checks.refused("an argument too few", few, &["no value was given for parameter ?2", "ARGS_INVALID"]);
    let many = connection.execute("SELECT ?1", [1, 2]).await;
    checks.refused("an argument too many", many, &["ARGS_INVALID"]);
    let unknown = connection.execute("SELECT :a", named_params! { ":a": 1, ":nowhere": 2 }).await;
    checks.refused("an argument that no parameter has the name of", unknown, &["nowhere", "ARGS_INVALID"]);
}

async fn prepared(checks: &mut Checks, connection: &Connection) {
    let sql = "INSERT INTO things_rust (name, n) VALUES (?1, ?2)";
    let insert = must(sql, connection.prepare(sql).await);
    checks.equal("a prepared INSERT has no columns", insert.column_count(), 0);
    for i in 0..50 {
        must(sql, insert.execute(params![format!("prepared {i}"), i]).await);
    }
    let sql = "SELECT count(*) AS rows, max(n) AS most FROM things_rust WHERE name LIKE ?";
    let mut query = must(sql, connection.prepare(sql).await);
    let names: Vec<String> = query.columns().iter().map(|column| column.name().to_string()).collect();
    checks.equal("columns before the first run", names, vec!["rows".to_string(), "most".to_string()]);
    for _ in 0..2 {
        let row = must(sql, query.query_row(["prepared %"]).await);
        checks.equal("rows of a prepared query", (row.get(0).ok(), row.get(1).ok()), (Some(50i64), Some(49i64)));
    }
    let again = insert.execute(params!["prepared 0", 1]).await;
    checks.refused("a prepared statement's error", again, &["UNIQUE constraint failed", "SQLITE_CONSTRAINT_UNIQUE"]);
    checks.equal("a prepared statement after an error", insert.execute(params!["other", 1]).await.ok(), Some(1));
    must(sql, insert.run(params!["by run()", 1]).await);
    checks.equal("run()", integer(connection, "SELECT count(*) FROM things_rust WHERE name = 'by run()'").await, 1);
}

async fn batches(checks: &mut Checks, connection: &Connection) {
    let sql = "DROP TABLE IF EXISTS batch_rust; DROP TABLE IF EXISTS log_rust;
        CREATE TABLE log_rust (text TEXT);
        CREATE TABLE batch_rust (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
        CREATE TRIGGER batch_rust_log AFTER INSERT ON batch_rust BEGIN
            INSERT INTO log_rust VALUES ('new; ' || new.name);
            UPDATE log_rust SET text = text || '!' WHERE text NOT LIKE '%!';
        END;
        INSERT INTO batch_rust (name) VALUES ('a;b'); -- the last has no semicolon
        INSERT INTO batch_rust (name) VALUES ('c')";
    must(sql, connection.execute_batch(sql).await);
    let logged = texts(connection, "SELECT text FROM log_rust").await;
    checks.equal("a batch, and a trigger of it", logged, vec!["new; a;b!".to_string(), "new; c!".to_string()]);

    let sql = "INSERT INTO batch_rust (name) VALUES ('stays'); INSERT INTO batch_rust (name) VALUES ('c');
        INSERT INTO batch_rust (name) VALUES ('never')";
    let failed = connection.execute_batch(sql).await;
    checks.refused("the second of three statements fails", failed, &["UNIQUE constraint failed: batch_rust.name"]);
    let names = "SELECT name FROM batch_rust WHERE id > 2 ORDER BY id";
    checks.equal("what ran before it stays", texts(connection, names).await, vec!["stays".to_string()]);

    let sql = "INSERT INTO batch_rust (name) VALUES ('goes'); INSERT INTO batch_rust (name) VALUES ('c')";
    let failed = connection.execute_transactional_batch(sql).await;
    checks.refused("a batch in a transaction fails", failed, &["UNIQUE constraint failed: batch_rust.name"]);
    checks.equal("of which nothing stays", texts(connection, names).await, vec!["stays".to_string()]);
    let sql = "INSERT INTO batch_rust (name) VALUES ('x'); INSERT INTO batch_rust (name) VALUES ('y')";
    must(sql, connection.execute_transactional_batch(sql).await);
    let stayed = ["stays", "x", "y"].map(String::from).to_vec();
    checks.equal("or all", texts(connection, names).await, stayed);
    let own = connection.execute_transactional_batch("BEGIN; COMMIT").await;
    checks.refused("BEGIN in such a batch", own, &["Transactions forbidden inside transactional batch"]);

    let sql = "SELECT 1; SELECT 2";
    let mut results = must(sql, connection.execute_batch(sql).await);
    let mut found = Vec::new();
    while let Some(result) = results.next_stmt_row() {
        let mut rows = result.unwrap_or_else(|| fail(sql, "a result", "none"));
        found.push((rows.column_count(), must(sql, rows.next().await).is_some()));
    }
    // The crate asks for no rows in batches.
    checks.equal("queries in a batch: columns, but no rows", found, vec![(1, false), (1, false)]);

    let sql = "INSERT INTO log_rust VALUES ('first'); INSERT INTO log_rust VALUES ('second')";
    must(sql, connection.execute(sql, ()).await);
    let both = texts(connection, "SELECT text FROM log_rust WHERE text IN ('first', 'second')").await;
    checks.equal("execute runs the first statement and drops the rest", both, vec!["first".to_string()]);
}

async fn many_rows(checks: &mut Checks, connection: &Connection) {
    let sql = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ?)
        SELECT i, 'row ' || i, i / 4.0 FROM c";
    let mut rows = must(sql, connection.query(sql, [10_000]).await);
    let (mut read, mut sum) = (0, 0);
    while let Some(row) = must(sql, rows.next().await) {
        let i: i64 = must(sql, row.get(0));
        if must(sql, row.get::<f64>(2)) != i as f64 / 4.0 {
            fail("a row's float", &(i as f64 / 4.0).to_string(), "another");
        }
        read += 1;
        sum += i;
    }
    checks.equal("10000 rows", (read, sum), (10_000, 50_005_000));

    // Hundreds of megabytes if anybody read them.
    let mut rows = must(sql, connection.query(sql, [10_000_000]).await);
    for _ in 0..10 {
        must(sql, rows.next().await);
    }
    checks.equal("the same connection while rows are left", integer(connection, "SELECT 1").await, 1);
    drop(rows);
    checks.equal("and after they were dropped", integer(connection, "SELECT 2").await, 2);
    checks.equal("a write after that", execute(connection, "DELETE FROM log_rust").await, 6);
}
