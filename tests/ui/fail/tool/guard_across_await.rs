use std::sync::Mutex;

use mcp_runtime::{Server, State, tool, tools};

#[derive(State)]
struct App {
    hits: Mutex<u32>,
}

/// Counts.
#[tool]
async fn count(hits: &Mutex<u32>) -> u32 {
    let mut hits = hits.lock().unwrap();
    std::future::ready(()).await;
    *hits += 1;
    *hits
}

fn main() {
    let hits = Mutex::new(0);
    drop(Server::new("demo", "1.0.0").state(App { hits }).tools(tools![count]));
}
