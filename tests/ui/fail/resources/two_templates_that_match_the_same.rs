use mcp_runtime::{Server, resource, resources};

/// A page.
#[resource("docs://readme")]
async fn page() -> String {
    String::new()
}

/// A part.
#[resource("docs://parts/{part}")]
async fn part(part: String) -> String {
    part
}

/// A file.
#[resource("docs://{+path}")]
async fn file(path: String) -> String {
    path
}

fn main() {
    drop(Server::new("demo", "1.0.0").resources(resources![page, part, file]));
}
