use mcp_runtime::{Server, model, tool, tools};

#[model]
#[derive(Debug)]
enum Mode {
    A,
    B,
}

/// Searches.
#[tool]
async fn search(#[arg(default = "A")] mode: Mode) -> String {
    format!("{mode:?}")
}

fn main() {
    drop(search(Mode::A));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
