//! Counts the checks that passed and ends the program at the first that does not.

use std::fmt::{Debug, Display};
use std::process;
use std::time::Duration;

use libsql::{Connection, Value};

pub const NAME: &str = "rust-libsql";

/// Bounds every wait for something that must come to pass.
pub const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Default)]
pub struct Checks {
    passed: u32,
}

impl Checks {
    pub fn equal<T: PartialEq + Debug>(&mut self, check: &str, found: T, expected: T) {
        if found != expected {
            fail(check, &format!("{expected:?}"), &format!("{found:?}"));
        }
        self.passed += 1;
    }

    pub fn that(&mut self, check: &str, holds: bool) {
        self.equal(check, holds, true);
    }

    /// Checks that there is an error and that its text has all of the parts.
    pub fn refused<T: Debug, E: Display>(&mut self, check: &str, outcome: Result<T, E>, parts: &[&str]) {
        let text = match outcome {
            Ok(value) => fail(check, "an error", &format!("{value:?}")),
            Err(error) => error.to_string(),
        };
        for part in parts {
            if !text.contains(part) {
                fail(check, &format!("an error with {part:?} in it"), &format!("{text:?}"));
            }
        }
        self.passed += 1;
    }

    pub fn passed(&self) -> u32 {
        self.passed
    }
}

/// Ends the program on an error that nothing asked for; it is no check.
pub fn must<T, E: Display>(doing: &str, outcome: Result<T, E>) -> T {
    outcome.unwrap_or_else(|error| fail(doing, "no error", &error.to_string()))
}

pub async fn execute(connection: &Connection, sql: &str) -> u64 {
    must(sql, connection.execute(sql, ()).await)
}

pub async fn integer(connection: &Connection, sql: &str) -> i64 {
    match one(connection, sql, ()).await {
        Value::Integer(value) => value,
        other => fail(sql, "an integer", &format!("{other:?}")),
    }
}

/// The first cell of a query's first row.
pub async fn one(connection: &Connection, sql: &str, arguments: impl libsql::params::IntoParams) -> Value {
    let mut rows = must(sql, connection.query(sql, arguments).await);
    match must(sql, rows.next().await) {
        Some(row) => must(sql, row.get_value(0)),
        None => fail(sql, "a row", "none"),
    }
}

pub async fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let mut rows = must(sql, connection.query(sql, ()).await);
    let mut found = Vec::new();
    while let Some(row) = must(sql, rows.next().await) {
        found.push(must(sql, row.get(0)));
    }
    found
}

pub fn fail(check: &str, expected: &str, found: &str) -> ! {
    let short = |text: &str| text.chars().take(300).collect::<String>();
    eprintln!("{NAME}: {check}: expected {}, found {}", short(expected), short(found));
    process::exit(1)
}
