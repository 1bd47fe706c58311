use mcp_runtime::model;

#[model]
struct Filter<'a> {
    tag: &'a str,
}

fn main() {
    drop(Filter { tag: "" });
}
