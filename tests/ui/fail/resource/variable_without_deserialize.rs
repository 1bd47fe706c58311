use mcp_runtime::{Server, resource, resources};

struct Topic(String);

/// A page.
#[resource("docs://{topic}")]
async fn page(topic: Topic) -> String {
    topic.0
}

fn main() {
    drop(page(Topic(String::new())));
    drop(Server::new("demo", "1.0.0").resources(resources![page]));
}
