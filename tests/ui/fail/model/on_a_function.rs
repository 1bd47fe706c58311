use mcp_runtime::model;

#[model]
fn page() -> u32 {
    3
}

fn main() {
    page();
}
