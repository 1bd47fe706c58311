use mcp_runtime::{Json, Server, model, tool, tools};

#[model]
struct Page {
    text: String,
}

/// Searches.
#[tool]
async fn search(page: Json<Page>) -> String {
    page.0.text
}

fn main() {
    drop(search(Json(Page { text: String::new() })));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
