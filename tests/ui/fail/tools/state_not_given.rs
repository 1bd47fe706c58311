use mcp_runtime::{Server, State, tool, tools};

struct Db;

#[derive(State)]
struct App {
    db: Db,
}

/// Searches.
#[tool]
async fn search(_db: &Db) -> String {
    String::new()
}

fn main() {
    drop(App { db: Db }.db);
    drop(search(&Db));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
