use mcp_runtime::{Server, resource, resources};

struct Page;

/// A page.
#[resource("docs://readme")]
async fn page() -> Page {
    Page
}

fn main() {
    drop(page());
    drop(Server::new("demo", "1.0.0").resources(resources![page]));
}
