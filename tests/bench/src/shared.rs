//! The server whose rate limit other instances share: the benchmark's tool with a limit, in a build with the feature
//! `redis`. The variable `BENCH_REDIS_URL` names the Redis; without it the limit is this process's own.
//!
//! `bench-shared serve-{local,shared}-http ADDR`: both are this one program, so that nothing but the store differs.

use std::io::Read as _;

use mcp_runtime::{Server, tool, tools};

/// Adds two numbers.
#[tool(rate_limit = "100000000/s", timeout = "5s", read_only)]
async fn add(
    /// First addend.
    a: i64,
    /// Second addend.
    b: i64,
) -> i64 {
    a + b
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> mcp_runtime::Result<()> {
    std::thread::spawn(end_with_input);
    let addr = std::env::args()
        .nth(2)
        .unwrap_or("127.0.0.1:8080".to_owned());
    let server = Server::new("calculator", env!("CARGO_PKG_VERSION")).tools(tools![add]);
    let server = match std::env::var("BENCH_REDIS_URL") {
        Ok(url) => server.redis(url),
        Err(_) => server,
    };
    server.serve_http(addr).await
}

/// Ends this process when the benchmark has gone, which holds the other end of the input.
fn end_with_input() {
    // An error says that there is no input, as at its end.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    std::process::exit(0);
}
