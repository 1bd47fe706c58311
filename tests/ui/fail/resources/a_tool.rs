use mcp_runtime::{Server, resource, resources, tool};

/// A page.
#[resource("docs://readme")]
async fn page() -> String {
    String::new()
}

/// Searches.
#[tool]
async fn search() -> String {
    String::new()
}

fn main() {
    drop(Server::new("demo", "1.0.0").resources(resources![page, search]));
}
