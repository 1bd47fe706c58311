use mcp_runtime::{Server, tool, tools};

#[derive(serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
struct Filter {
    tag: String,
}

/// Searches the docs.
#[tool]
async fn search(#[arg(default)] filter: Filter) -> String {
    filter.tag
}

fn main() {
    drop(search(Filter { tag: String::new() }));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
