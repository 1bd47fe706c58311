use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search(query: String) -> String {
    let shared = std::rc::Rc::new(query);
    std::future::ready(()).await;
    shared.to_string()
}

fn main() {
    drop(search(String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
