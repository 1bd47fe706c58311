use mcp_runtime::{Json, Server, model, tool, tools};

#[model(deserialize)]
struct Page {
    rows: u32,
}

/// One page.
#[tool]
async fn page() -> Json<Page> {
    Json(Page { rows: 3 })
}

fn main() {
    let _ = Server::new("pages", "1").tools(tools![page]);
}
