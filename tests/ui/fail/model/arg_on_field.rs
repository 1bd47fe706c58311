use mcp_runtime::model;

#[model]
struct Filter {
    #[arg(length = 1..=5)]
    tag: String,
}

fn main() {
    drop(Filter { tag: String::new() });
}
