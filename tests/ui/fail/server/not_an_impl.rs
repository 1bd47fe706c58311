use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
struct Other {
    query: String,
}

fn main() {
    drop(Demo);
    drop(Other { query: String::new() }.query);
}
