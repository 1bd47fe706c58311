use mcp_runtime::{Server, tool, tools};

struct State<T>(T);
struct Db(String);

/// Searches.
#[tool]
async fn search(State(db): State<Db>) -> String {
    db.0
}

fn main() {
    drop(search(State(Db(String::new()))));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
