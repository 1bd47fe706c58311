use mcp_runtime::{Server, tool, tools};

fn even(number: &u32) -> Result<(), String> {
    if number % 2 == 0 { Ok(()) } else { Err("is odd".to_owned()) }
}

/// Searches the docs.
#[tool]
async fn search(#[arg(custom = even)] _query: String) {}

fn main() {
    drop(search(String::new()));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
