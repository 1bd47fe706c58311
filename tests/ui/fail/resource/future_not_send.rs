use std::rc::Rc;

use mcp_runtime::{Server, resource, resources};

async fn tick() {}

/// A page.
#[resource("docs://readme")]
async fn page() -> String {
    let text = Rc::new(String::new());
    tick().await;
    text.to_string()
}

fn main() {
    drop(page());
    drop(Server::new("demo", "1.0.0").resources(resources![page]));
}
