use mcp_runtime::{Server, resource, resources};

/// A page.
#[resource("docs://{topic}")]
async fn page(topik: String) -> String {
    topik
}

fn main() {
    drop(page(String::new()));
    drop(Server::new("demo", "1.0.0").resources(resources![page]));
}
