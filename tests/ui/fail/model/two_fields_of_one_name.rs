#![allow(unreachable_patterns)]
use mcp_runtime::model;

#[model]
struct Filter {
    #[serde(rename = "kind")]
    tag: String,
    kind: String,
}

fn main() {
    drop(Filter { tag: String::new(), kind: String::new() });
}
