use mcp_runtime::{Server, tool, tools};

/// Searches.
#[tool]
async fn search() -> String {
    String::new()
}

fn main() {
    drop(search());
    drop(Server::new("demo", "1.0.0").tools(tools![search, self::]));
}
