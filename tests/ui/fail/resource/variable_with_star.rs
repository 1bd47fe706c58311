use mcp_runtime::{Server, resource, resources};

/// Searches.
#[resource("docs://{*path}")]
async fn page(path: String) -> String {
    path
}

fn main() {
    drop(page(String::new()));
    drop(Server::new("demo", "1.0.0").resources(resources![page]));
}
