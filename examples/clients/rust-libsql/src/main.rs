//! Users and their balances: inserts, a transfer that is committed and one that is rolled back, an error and its code.

// snippet:imports
use std::env;
use std::error::Error;
use std::process::ExitCode;

use libsql::{named_params, params, Builder, Connection, TransactionBehavior};
// snippet:end

const EXPECTED: &str = "ada=70,bob=130,carol=100";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rust-libsql: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let connection = connect().await?;

    // snippet:insert
    connection
        .execute_batch(
            "CREATE TABLE IF NOT EXISTS users_rust
                (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, balance INTEGER NOT NULL);
             DELETE FROM users_rust;",
        )
        .await?;
    connection.execute("INSERT INTO users_rust (name, balance) VALUES (?1, ?2)", params!["ada", 100]).await?;
    println!("ada has the id {}", connection.last_insert_rowid());
    let insert = connection.prepare("INSERT INTO users_rust (name, balance) VALUES (:name, :balance)").await?;
    for name in ["bob", "carol"] {
        insert.execute(named_params! { ":name": name, ":balance": 100 }).await?;
    }
    // snippet:end

    transfer(&connection, "ada", "bob", 30).await?;
    // More than carol has: the error is transfer's own, and neither half stays.
    match transfer(&connection, "carol", "bob", 1000).await {
        Ok(()) => return Err("a transfer of more than there is was not refused".into()),
        Err(error) => println!("refused: {error}"),
    }

    // snippet:error
    let again = connection.execute("INSERT INTO users_rust (name, balance) VALUES ('ada', 1)", ()).await;
    match again {
        Err(error) if error.to_string().contains("SQLITE_CONSTRAINT_UNIQUE") => println!("there is an ada already"),
        other => {
            return Err(format!("a second ada: expected an error of the UNIQUE constraint, found {other:?}").into())
        }
    }
    // snippet:end

    let found = balances(&connection).await?;
    if found != EXPECTED {
        return Err(format!("expected {EXPECTED}, found {found}").into());
    }
    println!("{found}");
    Ok(())
}

async fn connect() -> libsql::Result<Connection> {
    let base = variable("QUICSQL_URL", "http://127.0.0.1:7775");
    let database = variable("QUICSQL_DATABASE", "app");
    let token = variable("QUICSQL_TOKEN", "dev-token");
    // snippet:connect
    // Plain http:// needs a connector of yours; with the crate's feature `tls` (https:// too) leave the line out.
    let http = hyper::client::HttpConnector::new();
    // The database is the path of the address, as in http://127.0.0.1:7775/app. Nothing is sent yet.
    let remote = Builder::new_remote(format!("{base}/{database}"), token).connector(http).build().await?;
    let connection = remote.connect()?;
    // snippet:end
    Ok(connection)
}

// snippet:transaction
/// Both halves of the transfer, or neither.
async fn transfer(connection: &Connection, giver: &str, taker: &str, amount: i64) -> Result<(), Box<dyn Error>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).await?;
    let change = "UPDATE users_rust SET balance = balance + ?1 WHERE name = ?2";
    transaction.execute(change, params![-amount, giver]).await?;
    transaction.execute(change, params![amount, taker]).await?;

    let mut rows = transaction.query("SELECT balance FROM users_rust WHERE name = ?1", [giver]).await?;
    let left: i64 = rows.next().await?.ok_or("nobody has that name")?.get(0)?;
    if left < 0 {
        transaction.rollback().await?; // dropping the transaction would do the same
        return Err(format!("{giver} lacks {}", -left).into());
    }
    transaction.commit().await?;
    Ok(())
}
// snippet:end

// snippet:query
async fn balances(connection: &Connection) -> libsql::Result<String> {
    let mut rows = connection.query("SELECT name, balance FROM users_rust ORDER BY name", ()).await?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().await? {
        found.push(format!("{}={}", row.get::<String>(0)?, row.get::<i64>(1)?));
    }
    Ok(found.join(","))
}
// snippet:end

fn variable(name: &str, otherwise: &str) -> String {
    let value = env::var(name).ok().filter(|value| !value.is_empty());
    value.as_deref().unwrap_or(otherwise).trim_end_matches('/').to_string()
}
