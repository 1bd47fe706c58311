use mcp_runtime::{Json, Server, tool, tools};

struct Page {
    text: String,
}

/// Searches.
#[tool]
async fn search(query: String) -> Json<Page> {
    Json(Page { text: query })
}

fn main() {
    drop(search(String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
