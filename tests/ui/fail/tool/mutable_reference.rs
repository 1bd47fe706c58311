use mcp_runtime::{Server, tool, tools};

struct Db {
    rows: u32,
}

/// Searches the docs.
#[tool]
async fn search(db: &mut Db) -> String {
    db.rows += 1;
    String::new()
}

fn main() {
    drop(search(&mut Db { rows: 1 }));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
