use mcp_runtime::{Server, resource, resources};

/// A page.
#[resource("docs://readme")]
async fn page() -> String {
    String::new()
}

/// The same page.
#[resource("docs://readme")]
async fn intro() -> String {
    String::new()
}

fn main() {
    drop(Server::new("demo", "1.0.0").resources(resources![page, intro]));
}
