use mcp_runtime::server;

struct Db;

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Searches the docs.
    #[tool]
    async fn search(&self, db: &Db, query: String) -> String {
        let _ = db;
        query
    }
}

fn main() {
    drop(Demo.search(&Db, String::new()));
    drop(Demo.into_server());
}
