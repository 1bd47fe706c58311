use mcp_runtime::{Server, tool, tools};

#[derive(Default, serde::Deserialize, schemars::JsonSchema)]
struct Filter {
    tag: String,
}

/// Searches the docs.
#[tool]
async fn search(#[arg(default)] filter: Filter) -> String {
    filter.tag
}

fn main() {
    drop(search(Filter::default()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
