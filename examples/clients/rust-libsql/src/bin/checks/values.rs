use libsql::{Connection, Value};

use crate::expect::{execute, must, one, Checks};

pub async fn check(checks: &mut Checks, connection: &Connection) {
    execute(connection, "DROP TABLE IF EXISTS values_rust").await;
    execute(connection, "CREATE TABLE values_rust (id INTEGER PRIMARY KEY, v)").await;
    for (what, value, kind) in [
        ("the smallest integer", Value::Integer(i64::MIN), "integer"),
        ("the largest integer", Value::Integer(i64::MAX), "integer"),
        ("2^53 + 1", Value::Integer((1 << 53) + 1), "integer"),
        ("zero", Value::Integer(0), "integer"),
        ("a fraction", Value::Real(0.1), "real"),
        ("a float that is whole", Value::Real(3.0), "real"),
        ("the largest float", Value::Real(f64::MAX), "real"),
        ("a tiny float", Value::Real(5e-324), "real"),
        ("empty text", Value::Text(String::new()), "text"),
        ("an emoji", Value::Text("grüße 👩‍🚀 漢字".into()), "text"),
        ("text with NUL", Value::Text("a\0b".into()), "text"),
        ("quotes and slashes", Value::Text("/ ' \" \\ </script> \u{2028} \t\r\n".into()), "text"),
        ("a large text", Value::Text("é0123456".repeat(1 << 17)), "text"),
        ("an empty blob", Value::Blob(vec![]), "blob"),
        ("a blob of 1 byte", Value::Blob(vec![0xff]), "blob"),
        ("a blob of 2 bytes", Value::Blob(vec![0xff, 0xfe]), "blob"),
        ("a blob of 3 bytes", Value::Blob(vec![0xff, 0xfe, 0xfd]), "blob"),
        ("a blob of 4 bytes", Value::Blob(vec![0, 0xfb, 0xf0, 0x3f]), "blob"),
        ("a large blob", Value::Blob([0xff, 0, 7, 0x80].repeat(1 << 18)), "blob"),
        ("NULL", Value::Null, "null"),
    ] {
        execute(connection, "DELETE FROM values_rust").await;
        let sent = vec![value.clone()];
        must(what, connection.execute("INSERT INTO values_rust (v) VALUES (?)", sent).await);
        let stored = one(connection, "SELECT typeof(v) FROM values_rust", ()).await;
        checks.equal(&format!("{what}: its type"), stored, Value::Text(kind.into()));
        checks.equal(what, one(connection, "SELECT v FROM values_rust", ()).await, value);
    }
    let seen = one(connection, "SELECT hex(?)", vec![Value::Blob(vec![0xff, 0xfe])]).await;
    checks.equal("a blob's bytes as the server sees them", seen, Value::Text("FFFE".into()));
    checks.equal("true is sent as 1", one(connection, "SELECT ?", [true]).await, Value::Integer(1));
    checks.equal("an infinite result is NULL", one(connection, "SELECT 9e999", ()).await, Value::Null);
    reading(checks, connection).await;
}

async fn reading(checks: &mut Checks, connection: &Connection) {
    let sql = "SELECT 7 AS n, 1.5, 'text' AS t, x'0102', NULL, 7 AS n";
    let mut rows = must(sql, connection.query(sql, ()).await);
    checks.equal("the number of columns", rows.column_count(), 6);
    checks.equal("a column's name", rows.column_name(0), Some("n"));
    checks.equal("the same name again", rows.column_name(5), Some("n"));
    let row = must(sql, rows.next().await).expect("a row");
    checks.equal("get i64", must(sql, row.get::<i64>(0)), 7);
    checks.equal("get f64", must(sql, row.get::<f64>(1)), 1.5);
    checks.equal("get str", must(sql, row.get_str(2)), "text");
    checks.equal("get String", must(sql, row.get::<String>(2)), "text".into());
    checks.equal("get [u8; 2]", must(sql, row.get::<[u8; 2]>(3)), [1, 2]);
    checks.equal("get NULL as an Option", must(sql, row.get::<Option<i64>>(4)), None);
    checks.refused("get NULL as i64", row.get::<i64>(4), &["Null value"]);
    checks.refused("get a number as str", row.get_str(0), &["invalid column type"]);
    checks.that("there is no second row", must(sql, rows.next().await).is_none());
}
