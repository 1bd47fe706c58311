use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    #[stop]
    fn close(&self) {}
}

fn main() {
    Demo.close();
    drop(Demo.into_server());
}
