use mcp_runtime::{Server, tool, tools};

struct Db {
    name: String,
}

/// Searches the docs.
#[tool]
async fn search(db: &Db) -> &str {
    &db.name
}

fn main() {
    drop(search(&Db { name: String::new() }));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
