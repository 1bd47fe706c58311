use mcp_runtime::server;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// The read me.
    #[resource("docs://readme")]
    async fn readme(&self) -> String {
        String::new()
    }

    /// The introduction.
    #[resource("docs://readme")]
    async fn intro(&self) -> String {
        String::new()
    }
}

fn main() {
    drop(Demo.readme());
    drop(Demo.intro());
    drop(Demo.into_server());
}
