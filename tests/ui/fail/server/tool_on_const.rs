use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    #[tool]
    const LIMIT: u32 = 10;
}

fn main() {
    let _ = Demo::LIMIT;
    drop(Demo.into_server());
}
