use mcp_runtime::{Server, resource, resources};

/// A page.
#[resource("docs://{topic?}")]
async fn page(topic: String) -> String {
    topic
}

fn main() {
    drop(page(String::new()));
    drop(Server::new("demo", "1.0.0").resources(resources![page]));
}
