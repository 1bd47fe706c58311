use mcp_runtime::{Context, Elicit, ElicitError};

#[derive(Elicit)]
struct Name(String);

async fn ask(cx: &Context) -> Result<String, ElicitError> {
    Ok(cx.elicit::<Name>("name", "Who?").await?.0)
}

fn main() {
    let _ = ask;
}
