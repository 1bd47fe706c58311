use mcp_runtime::{Server, resource, resources};

/// Searches.
#[resource("docs://{topics}")]
async fn page(topics: Vec<String>) -> String {
    topics.concat()
}

fn main() {
    drop(page(Vec::new()));
    drop(Server::new("demo", "1.0.0").resources(resources![page]));
}
