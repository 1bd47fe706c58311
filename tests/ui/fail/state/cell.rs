use std::cell::Cell;

use mcp_runtime::{Server, State, tool, tools};

#[derive(State)]
struct App {
    count: Cell<u32>,
}

/// Counts.
#[tool]
fn count(app: &App) -> u32 {
    app.count.get()
}

fn main() {
    let app = App { count: Cell::new(0) };
    drop(Server::new("demo", "1.0.0").state(app).tools(tools![count]));
}
