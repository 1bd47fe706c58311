//! Reports errors to an error tracker: `ERROR_TRACKER=127.0.0.1:9000 example-errors`.
//!
//! Works with any tracker. `post` is the only function that depends on it, and may call the tracker's client library.

mod tracker;

use std::io::{self, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use mcp_runtime::serde_json::Value;
use mcp_runtime::{Server, ToolError, tool, tools};
use tracker::Tracker;

/// Charges a card.
#[tool(destructive)]
async fn charge(
    /// The amount in cents.
    cents: u32,
) -> Result<u32, ToolError> {
    // The model receives a reference, under which the log and the tracker have the error.
    Ok(bank(cents)?)
}

fn bank(cents: u32) -> io::Result<u32> {
    if cents > 100_000 {
        return Err(io::Error::other("the bank does not answer"));
    }
    Ok(cents)
}

/// Posts one report as JSON.
fn post(tracker: &str, report: &Value) -> io::Result<()> {
    let body = report.to_string();
    let mut connection = TcpStream::connect(tracker)?;
    connection.set_write_timeout(Some(Duration::from_secs(5)))?;
    write!(
        connection,
        "POST /reports HTTP/1.1\r\nHost: {tracker}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::main]
async fn main() -> mcp_runtime::Result<()> {
    let mut server = Server::new("errors", env!("CARGO_PKG_VERSION")).tools(tools![charge]);
    if let Ok(address) = std::env::var("ERROR_TRACKER") {
        server = server.log_layer(Tracker::new(move |report| {
            // An error logged here would be reported again.
            if let Err(error) = post(&address, &report) {
                tracing::warn!(%error, "the error tracker was not reached");
            }
        }));
    }
    server.run().await
}
