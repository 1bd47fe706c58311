use mcp_runtime::{Server, tool, tools};

#[derive(schemars::JsonSchema)]
struct Filter {
    tag: u32,
}

/// Searches the docs.
#[tool]
async fn search(filters: Vec<Option<Filter>>) -> u32 {
    filters.into_iter().flatten().map(|filter| filter.tag).sum()
}

fn main() {
    drop(search(vec![Some(Filter { tag: 1 })]));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
