use mcp_runtime::{Server, resource, resources};

/// A page.
#[resource("Shows a page.")]
async fn page() -> String {
    String::new()
}

fn main() {
    drop(page());
    drop(Server::new("demo", "1.0.0").resources(resources![page]));
}
