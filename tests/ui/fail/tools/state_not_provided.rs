use mcp_runtime::{Server, State, tool, tools};

struct Db;

#[derive(State)]
struct App {
    name: String,
}

/// Counts the rows.
#[tool]
async fn count(db: &Db) -> u32 {
    let _ = db;
    0
}

/// Searches the docs.
#[tool]
async fn search(query: String) -> String {
    query
}

fn main() {
    drop(Server::new("demo", "1.0.0").state(App { name: String::new() }).tools(tools![search, count]));
}
