use mcp_runtime::{Server, resource, resources};

/// A page.
#[resource("docs://{topic}")]
async fn page(topic: &str) -> String {
    topic.to_owned()
}

fn main() {
    drop(page(""));
    drop(Server::new("demo", "1.0.0").resources(resources![page]));
}
