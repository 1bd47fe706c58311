use mcp_runtime::{Server, model, tool, tools};

#[model]
struct Query {
    #[validate(range(min = 1))]
    text: String,
}

/// Searches.
#[tool]
async fn search(query: Query) -> String {
    query.text
}

fn main() {
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
