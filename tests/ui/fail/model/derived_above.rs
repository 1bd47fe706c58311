use mcp_runtime::model;

#[derive(Debug, serde::Deserialize)]
#[model]
struct Filter {
    tag: String,
}

fn main() {
    drop(Filter { tag: String::new() });
}
