use mcp_runtime::server;

macro_rules! search {
    ($name:ident) => {
        async fn $name(&self, query: String) -> String {
            query
        }
    };
}

struct Demo;

/// A demo.
#[server]
impl Demo {
    search!(search);
}

fn main() {
    drop(Demo.search(String::new()));
    drop(Demo.into_server());
}
