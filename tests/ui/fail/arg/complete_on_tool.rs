use mcp_runtime::{Server, tool, tools};

/// Searches the docs.
#[tool]
async fn search(#[arg(complete = names)] query: String) -> String {
    query
}

fn names(typed: String) -> Vec<String> {
    vec![typed]
}

fn main() {
    drop(search(String::new()));
    drop(names(String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
