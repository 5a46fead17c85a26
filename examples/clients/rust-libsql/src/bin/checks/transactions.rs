use std::time::Instant;

use libsql::{params, Connection, TransactionBehavior};

use crate::expect::{execute, integer, must, texts, Checks, PATIENCE};

pub async fn check(checks: &mut Checks, connection: &Connection) {
    execute(connection, "DROP TABLE IF EXISTS ledger_rust").await;
    execute(connection, "CREATE TABLE ledger_rust (id INTEGER PRIMARY KEY, name TEXT UNIQUE)").await;
    ending(checks, connection).await;
    kinds(checks, connection).await;
    by_statements(checks, connection).await;
    at_once(checks, connection).await;
    lost(checks, connection).await;
}

async fn names(connection: &Connection) -> String {
    texts(connection, "SELECT name FROM ledger_rust ORDER BY id").await.join(",")
}

async fn ending(checks: &mut Checks, connection: &Connection) {
    let transaction = must("begin", connection.transaction().await);
    execute(&transaction, "INSERT INTO ledger_rust (name) VALUES ('a')").await;
    checks.equal("the transaction sees what it wrote", names(&transaction).await, "a".into());
    checks.equal("its connection does not", names(connection).await, "".into());
    checks.that("the connection stays in autocommit", connection.is_autocommit());
    must("commit", transaction.commit().await);
    checks.equal("committed", names(connection).await, "a".into());

    let transaction = must("begin", connection.transaction().await);
    execute(&transaction, "INSERT INTO ledger_rust (name) VALUES ('b')").await;
    must("rollback", transaction.rollback().await);
    checks.equal("rolled back", names(connection).await, "a".into());

    let began = Instant::now();
    let transaction = must("begin", connection.transaction().await);
    execute(&transaction, "INSERT INTO ledger_rust (name) VALUES ('dropped')").await;
    drop(transaction);
    execute(connection, "INSERT INTO ledger_rust (name) VALUES ('next')").await;
    checks.equal("dropped, which rolls back", names(connection).await, "a,next".into());
    // Were it not, the writer would wait until the server ends the transaction, after 5 seconds.
    checks.that("at once", began.elapsed().as_secs() < 4);

    let transaction = must("begin", connection.transaction().await);
    let insert = must("prepare", transaction.prepare("INSERT INTO ledger_rust (name) VALUES (?)").await);
    must("insert", insert.execute(["c"]).await);
    checks.refused("a constraint", insert.execute(["a"]).await, &["SQLITE_CONSTRAINT_UNIQUE"]);
    must("insert", insert.execute(["d"]).await);
    // JSON has no infinity, so the crate sends a float without a value.
    let infinite = transaction.execute("SELECT ?", [f64::INFINITY]).await;
    checks.refused("an infinite argument", infinite, &["status=400"]);
    execute(&transaction, "SAVEPOINT here").await;
    must("insert", insert.execute(["e"]).await);
    execute(&transaction, "ROLLBACK TO here").await;
    execute(&transaction, "RELEASE here").await;
    must("commit", transaction.commit().await);
    checks.equal("a transaction goes on after an error and a savepoint", names(connection).await, "a,next,c,d".into());

    let sql = "DROP TABLE IF EXISTS leaf_rust;
        CREATE TABLE leaf_rust (parent REFERENCES ledger_rust (id) DEFERRABLE INITIALLY DEFERRED)";
    must(sql, connection.execute_batch(sql).await);
    let transaction = must("begin", connection.transaction().await);
    execute(&transaction, "INSERT INTO leaf_rust VALUES (12345)").await;
    let failed = transaction.commit().await;
    checks.refused("a commit that a foreign key forbids", failed, &["SQLITE_CONSTRAINT_FOREIGNKEY"]);
    checks.equal("of which nothing stays", integer(connection, "SELECT count(*) FROM leaf_rust").await, 0);
}

async fn kinds(checks: &mut Checks, connection: &Connection) {
    for behavior in [TransactionBehavior::Immediate, TransactionBehavior::Exclusive] {
        let kind = format!("{behavior:?}");
        let transaction = must(&kind, connection.transaction_with_behavior(behavior).await);
        must(&kind, transaction.execute("INSERT INTO ledger_rust (name) VALUES (?)", [kind.as_str()]).await);
        must(&kind, transaction.commit().await);
        let stored = format!("SELECT count(*) FROM ledger_rust WHERE name = '{kind}'");
        checks.equal(&kind, integer(connection, &stored).await, 1);
    }

    let reading = connection.transaction_with_behavior(TransactionBehavior::ReadOnly).await;
    let reading = must("ReadOnly", reading);
    let before = names(&reading).await;
    execute(connection, "INSERT INTO ledger_rust (name) VALUES ('meanwhile')").await;
    checks.equal("ReadOnly sees one state of the database", names(&reading).await, before);
    let wrote = reading.execute("DELETE FROM ledger_rust", ()).await;
    checks.refused("a write in ReadOnly", wrote, &["SQLITE_READONLY"]);
    must("commit", reading.commit().await);
    checks.that("and others wrote", names(connection).await.ends_with("meanwhile"));

    let late = must("begin", connection.transaction().await);
    names(&late).await;
    execute(connection, "INSERT INTO ledger_rust (name) VALUES ('early')").await;
    let wrote = late.execute("INSERT INTO ledger_rust (name) VALUES ('late')", ()).await;
    checks.refused("Deferred that reads, and writes when others have", wrote, &["SQLITE_BUSY_SNAPSHOT"]);
    must("rollback", late.rollback().await);
}

/// BEGIN and COMMIT as statements keep the connection itself in a transaction.
async fn by_statements(checks: &mut Checks, connection: &Connection) {
    execute(connection, "BEGIN IMMEDIATE").await;
    checks.that("BEGIN leaves autocommit", !connection.is_autocommit());
    execute(connection, "INSERT INTO ledger_rust (name) VALUES ('by hand')").await;
    checks.that("the connection sees it", names(connection).await.ends_with("by hand"));
    execute(connection, "COMMIT").await;
    checks.that("COMMIT enters autocommit", connection.is_autocommit());
    execute(connection, "BEGIN").await;
    execute(connection, "INSERT INTO ledger_rust (name) VALUES ('not by hand')").await;
    execute(connection, "ROLLBACK").await;
    checks.that("ROLLBACK by hand", names(connection).await.ends_with(",by hand"));
}

async fn at_once(checks: &mut Checks, connection: &Connection) {
    let (tasks, rounds) = (8, 5);
    execute(connection, "DROP TABLE IF EXISTS accounts_rust").await;
    execute(connection, "CREATE TABLE accounts_rust (id INTEGER PRIMARY KEY, balance INTEGER, moves INTEGER)").await;
    for id in 0..tasks {
        must("insert", connection.execute("INSERT INTO accounts_rust VALUES (?, 100, 0)", [id]).await);
    }
    let mut running = Vec::new();
    for me in 0..tasks {
        running.push(tokio::spawn(async move {
            let connection = crate::connect().await;
            for round in 1..=rounds {
                transfer(&connection, me, (me + round) % tasks, 7).await?;
            }
            libsql::Result::Ok(())
        }));
    }
    for task in running {
        must("transfers at once", must("transfers at once", task.await));
    }
    let sum = integer(connection, "SELECT sum(balance) FROM accounts_rust").await;
    checks.equal("nothing is lost or made by transfers at once", sum, 100 * tasks);
    let moves = integer(connection, "SELECT sum(moves) FROM accounts_rust").await;
    checks.equal("and each took place", moves, 2 * tasks * rounds);

    // One connection in two tasks: its requests go one after the other.
    let other = connection.clone();
    let (one, two) = tokio::join!(integer(connection, "SELECT 1"), integer(&other, "SELECT 2"));
    checks.equal("two queries at once on one connection", (one, two), (1, 2));
}

async fn transfer(connection: &Connection, giver: i64, taker: i64, amount: i64) -> libsql::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).await?;
    let sql = "UPDATE accounts_rust SET balance = balance + ?, moves = moves + 1 WHERE id = ?";
    transaction.execute(sql, params![-amount, giver]).await?;
    transaction.execute(sql, params![amount, taker]).await?;
    transaction.commit().await
}

/// A transaction that is quiet for so long that the server ends it for those who wait. Meanwhile another connection is
/// idle with its stream open, which does it no harm.
async fn lost(checks: &mut Checks, connection: &Connection) {
    let idle = crate::connect().await;
    checks.equal("a connection that will be idle", integer(&idle, "SELECT 1").await, 1);
    let quiet = must("begin", connection.transaction().await);
    execute(&quiet, "INSERT INTO ledger_rust (name) VALUES ('lost')").await;
    let began = Instant::now();
    execute(connection, "INSERT INTO ledger_rust (name) VALUES ('waited')").await;
    checks.that("who waits for a quiet transaction gets on", began.elapsed() < PATIENCE);
    let wrote = quiet.execute("INSERT INTO ledger_rust (name) VALUES ('alone')", ()).await;
    checks.refused("a statement of the lost transaction", wrote, &["TRANSACTION_TIMEOUT"]);
    // Never may a commit say yes to what the server has rolled back.
    checks.refused("its commit", quiet.commit().await, &["transaction"]);
    let sql = "SELECT name FROM ledger_rust WHERE name IN ('lost', 'alone', 'waited')";
    checks.equal("what stays of it", texts(connection, sql).await, vec!["waited".to_string()]);
    checks.equal("the idle connection goes on", integer(&idle, "SELECT 2").await, 2);
    let sql = "INSERT INTO ledger_rust (name) VALUES ('after a pause')";
    checks.equal("and writes", execute(&idle, sql).await, 1);
}
