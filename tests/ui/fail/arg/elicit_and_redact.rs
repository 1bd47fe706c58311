use mcp_runtime::{tool, tools};

/// Signs in.
#[tool]
async fn sign_in(#[arg(redact, elicit = "Your password?")] password: String) -> usize {
    password.len()
}

fn main() {
    let _ = mcp_runtime::Server::new("demo", "1.0.0").tools(tools![sign_in]);
}
