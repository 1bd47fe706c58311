use mcp_runtime::{Server, resource, resources};

/// A page.
#[resource("docs://{topic}")]
async fn page(topic: String, part: u32) -> String {
    format!("{topic} {part}")
}

fn main() {
    drop(page(String::new(), 1));
    drop(Server::new("demo", "1.0.0").resources(resources![page]));
}
