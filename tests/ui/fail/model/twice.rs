use mcp_runtime::model;

#[model]
#[model(input)]
struct Filter {
    tag: String,
}

fn main() {
    drop(Filter { tag: String::new() });
}
