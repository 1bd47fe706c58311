use mcp_runtime::{Server, tool, tools};

struct DbError;

/// Searches the docs.
#[tool]
async fn search(query: String) -> Result<String, DbError> {
    if query.is_empty() { Err(DbError) } else { Ok(query) }
}

fn main() {
    drop(search(String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
