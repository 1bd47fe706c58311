use mcp_runtime::{Server, State, tool, tools};

struct Db;

#[derive(State)]
struct App {
    db: std::sync::Arc<Db>,
}

/// Searches.
#[tool]
async fn search(_db: &Db) -> String {
    String::new()
}

fn main() {
    drop(search(&Db));
    drop(Server::new("demo", "1.0.0").state(App { db: Db.into() }).tools(tools![search]));
}
