use mcp_runtime::model;

#[model]
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct Filter {
    tag: String,
}

fn main() {
    drop(Filter { tag: String::new() });
}
