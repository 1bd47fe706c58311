use mcp_runtime::{Context, Elicit, ElicitError};

#[derive(Elicit)]
enum Nothing {}

async fn ask(cx: &Context) -> Result<Nothing, ElicitError> {
    cx.elicit("it", "What?").await
}

fn main() {
    let _ = ask;
}
