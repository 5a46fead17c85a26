use std::time::{Duration, Instant};

use libsql::Connection;

use crate::expect::{execute, fail, integer, Checks, PATIENCE};

pub async fn check(checks: &mut Checks, connection: &Connection) {
    errors(checks, connection).await;
    wrong_addresses(checks).await;
    giving_up(checks, connection).await;
}

async fn errors(checks: &mut Checks, connection: &Connection) {
    execute(connection, "DROP TABLE IF EXISTS strict_rust").await;
    let create = "CREATE TABLE strict_rust (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER CHECK (age > 0),
        thing INTEGER REFERENCES things_rust (id))";
    execute(connection, create).await;
    for (sql, parts) in [
        ("SELECT * FROM nothing_rust", ["no such table: nothing_rust", "SQLITE_ERROR"]),
        ("SELECT absent FROM strict_rust", ["no such column: absent", "SQLITE_ERROR"]),
        (
            "INSERT INTO strict_rust (name) VALUES (NULL)",
            ["NOT NULL constraint failed: strict_rust.name", "SQLITE_CONSTRAINT_NOTNULL"],
        ),
        (
            "INSERT INTO strict_rust (name, age) VALUES ('a', -1)",
            ["CHECK constraint failed: age > 0", "SQLITE_CONSTRAINT_CHECK"],
        ),
        (
            "INSERT INTO strict_rust (name, thing) VALUES ('a', 999999)",
            ["FOREIGN KEY constraint failed", "SQLITE_CONSTRAINT_FOREIGNKEY"],
        ),
        (
            "INSERT INTO strict_rust (id, name) SELECT 1, 'a' UNION ALL SELECT 1, 'b'",
            ["UNIQUE constraint failed: strict_rust.id", "SQLITE_CONSTRAINT_PRIMARYKEY"],
        ),
        ("COMMIT", ["no transaction is active", "SQLITE_ERROR"]),
        ("ATTACH 'x' AS y", ["ATTACH", "code: \""]),
    ] {
        checks.refused(sql, connection.execute(sql, ()).await, &parts);
        checks.equal("the same connection after it", integer(connection, "SELECT 1").await, 1);
    }
    checks.equal("none of it was stored", integer(connection, "SELECT count(*) FROM strict_rust").await, 0);
    let query = connection.query("SELEC 1", ()).await;
    checks.refused("a query that is no SQL, told by the server", query, &["near \\\"SELEC\\\": syntax error"]);
    checks.refused(
        "a statement that is no SQL, told by the crate",
        connection.execute("SELEC 1", ()).await,
        &["syntax"],
    );
    let query = connection.query("INSERT INTO strict_rust (name) VALUES (NULL) RETURNING id", ()).await;
    checks.refused("a query that fails as it runs", query, &["SQLITE_CONSTRAINT_NOTNULL"]);
    // By the crate itself.
    for sql in ["CREATE TEMP TABLE t (i)", "VACUUM"] {
        checks.refused(sql, connection.execute(sql, ()).await, &["unsupported statement"]);
    }
    checks.equal("the connection after all that", integer(connection, "SELECT 1").await, 1);
}

async fn wrong_addresses(checks: &mut Checks) {
    let stranger = crate::open(crate::address(), "no-such-token".into()).await;
    checks.refused("a wrong token", stranger.execute("SELECT 1", ()).await, &["status=401", "UNAUTHENTICATED"]);
    let nowhere = crate::open(crate::address() + "-nowhere", crate::token()).await;
    checks.refused("a database that is not there", nowhere.execute("SELECT 1", ()).await, &["status=404"]);
    let nobody = crate::open("http://127.0.0.1:1/app".into(), crate::token()).await;
    checks.refused("a server that is not there", nobody.execute("SELECT 1", ()).await, &["error"]);
}

/// Drops a query that would never end.
async fn giving_up(checks: &mut Checks, connection: &Connection) {
    let endless = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT count(*) FROM c";
    let given_up = tokio::time::timeout(Duration::from_millis(300), async {
        match connection.query(endless, ()).await {
            Ok(mut rows) => rows.next().await.map(|_| ()),
            Err(error) => Err(error),
        }
    });
    checks.that("a query is given up", given_up.await.is_err());
    // As a rule at once; where the server is still about to begin, the stream is busy for a moment.
    let began = Instant::now();
    while let Err(error) = connection.execute("SELECT 1", ()).await {
        if began.elapsed() > PATIENCE {
            fail("the connection after a query that was given up", "no error", &error.to_string());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    checks.equal("the connection after a query that was given up", integer(connection, "SELECT 1").await, 1);
}
