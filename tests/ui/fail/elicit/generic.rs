use mcp_runtime::{Context, Elicit, ElicitError};

#[derive(Elicit)]
struct Wrapper<T> {
    inner: T,
}

async fn ask(cx: &Context) -> Result<String, ElicitError> {
    Ok(cx.elicit::<Wrapper<String>>("it", "What?").await?.inner)
}

fn main() {
    let _ = ask;
}
