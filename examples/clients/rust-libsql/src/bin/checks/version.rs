//! The version of the crate as it names itself to a server: it offers no other way to ask.

use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::expect::must;

pub async fn of_the_crate() -> String {
    let listener = must("listen", TcpListener::bind("127.0.0.1:0").await);
    let address = must("listen", listener.local_addr());
    let connection = crate::open(format!("http://{address}"), String::new()).await;
    tokio::select! {
        _ = connection.execute("SELECT 1", ()) => "unknown".to_string(),
        version = named_in_a_request(&listener) => version,
    }
}

async fn named_in_a_request(listener: &TcpListener) -> String {
    let (mut socket, _) = must("accept", listener.accept().await);
    let mut request = String::new();
    let mut bytes = [0; 1024];
    loop {
        let read = must("read", socket.read(&mut bytes).await);
        request.push_str(&String::from_utf8_lossy(&bytes[..read]));
        let header = request.lines().find_map(|line| line.strip_prefix("x-libsql-client-version: libsql-remote-"));
        match header {
            Some(version) if request.contains("\r\n\r\n") => return version.to_string(),
            _ if read == 0 => return "unknown".to_string(),
            _ => {}
        }
    }
}
