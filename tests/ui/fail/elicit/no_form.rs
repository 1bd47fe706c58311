use mcp_runtime::{Context, ElicitError};

struct Name {
    name: String,
}

async fn ask(cx: &Context) -> Result<String, ElicitError> {
    Ok(cx.elicit::<Name>("name", "Who?").await?.name)
}

fn main() {
    let _ = ask;
}
