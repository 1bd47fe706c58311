use mcp_runtime::{Server, model, tool, tools};

#[model(input)]
#[derive(Debug, Default)]
enum Mode {
    #[default]
    A,
    B,
}

/// Searches.
#[tool]
async fn search(#[arg(default)] mode: Mode) -> String {
    format!("{mode:?}")
}

fn main() {
    drop(search(Mode::A));
    drop(Server::new("demo", "1.0.0").tools(tools![search]));
}
