use mcp_runtime::{Server, tool, tools};

fn is_staff(name: &str) -> bool {
    name == "staff"
}

/// Searches the docs.
#[tool(visible_if = is_staff)]
async fn search(query: String) -> String {
    query
}

fn main() {
    let _ = is_staff("");
    drop(search(String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
