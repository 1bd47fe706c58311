use mcp_runtime::resource;

/// A page.
#[resource("docs://readme")]
struct Page;

fn main() {
    drop(Page);
}
