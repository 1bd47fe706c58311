use mcp_runtime::{Server, resource, resources};

/// A page.
#[resource("docs://readme", last_modified = "2026-01-31T12:00:00")]
async fn page() -> String {
    String::new()
}

fn main() {
    drop(page());
    drop(Server::new("demo", "1.0.0").resources(resources![page]));
}
