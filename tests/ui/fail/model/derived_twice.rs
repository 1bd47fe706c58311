use mcp_runtime::model;

#[model]
#[derive(serde::Serialize)]
struct Filter {
    tag: String,
}

fn main() {
    drop(Filter { tag: String::new() });
}
