use mcp_runtime::{Json, Server, tool, tools};

#[derive(serde::Serialize)]
struct Page {
    query: String,
}

/// Searches the docs.
#[tool]
async fn search(query: String) -> Json<Page> {
    Json(Page { query })
}

fn main() {
    drop(search(String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
