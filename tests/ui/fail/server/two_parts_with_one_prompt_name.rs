use mcp_runtime::server;

struct Demo;

/// A demo.
#[server(parts("more"))]
impl Demo {
    /// A review.
    #[prompt]
    async fn review(&self) -> String {
        String::new()
    }
}

#[server(part = "more")]
impl Demo {
    /// Another one.
    #[prompt(name = "review")]
    async fn second(&self) -> String {
        String::new()
    }
}

fn main() {
    drop(Demo.review());
    drop(Demo.second());
    drop(Demo.into_server());
}
