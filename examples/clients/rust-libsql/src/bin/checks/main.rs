//! What the crate can do beyond the small program, and what it does where it cannot.

mod expect;
mod statements;
mod transactions;
mod trouble;
mod values;
mod version;

use std::env;

use expect::Checks;
use libsql::{Builder, Connection};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let version = version::of_the_crate().await;
    let mut checks = Checks::default();
    let connection = connect().await;
    connecting(&mut checks).await;
    values::check(&mut checks, &connection).await;
    statements::check(&mut checks, &connection).await;
    transactions::check(&mut checks, &connection).await;
    trouble::check(&mut checks, &connection).await;
    println!("OK {}, libsql {version}: {} checks passed", expect::NAME, checks.passed());
}

pub async fn connect() -> Connection {
    open(address(), token()).await
}

pub async fn open(address: String, token: String) -> Connection {
    let remote = Builder::new_remote(address, token).connector(connector()).build().await;
    expect::must("connect", remote.and_then(|remote| remote.connect()))
}

fn connector() -> hyper::client::HttpConnector {
    let mut http = hyper::client::HttpConnector::new();
    http.set_nodelay(true);
    http
}

async fn connecting(checks: &mut Checks) {
    let slash = open(address() + "/", token()).await;
    checks.equal("an address with a slash at the end", expect::integer(&slash, "SELECT 1").await, 1);
    let named = Builder::new_remote(base(), token()).connector(connector()).namespace(database()).build().await;
    let named = expect::must("connect", named.and_then(|remote| remote.connect()));
    checks.equal("the database as the namespace", expect::integer(&named, "SELECT 2").await, 2);
}

pub fn address() -> String {
    format!("{}/{}", base(), database())
}

fn base() -> String {
    variable("QUICSQL_URL", "http://127.0.0.1:7775")
}

fn database() -> String {
    variable("QUICSQL_DATABASE", "app")
}

pub fn token() -> String {
    variable("QUICSQL_TOKEN", "dev-token")
}

fn variable(name: &str, otherwise: &str) -> String {
    let value = env::var(name).ok().filter(|value| !value.is_empty());
    value.as_deref().unwrap_or(otherwise).trim_end_matches('/').to_string()
}
