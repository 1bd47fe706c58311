//! Raw identifiers, leading underscores, and names that generated code might use.
#![deny(warnings)]

use mcp_runtime::{Server, tool, tools};

/// Has a raw name.
#[tool]
async fn r#match(
    r#type: String,
    _unused: u32,
    state: u32,
    cx: u32,
    values: u32,
    args: u32,
    spec: u32,
) -> String {
    let _ = (state, cx, values, args, spec);
    r#type
}

/// Is called like an associated function.
#[tool]
fn call(call: u32) -> u32 {
    call
}

#[test]
fn compiles() {
    drop(r#match(String::new(), 1, 1, 1, 1, 1, 1));
    let _ = call(1);
    drop(Server::new("demo", "1.0.0").tools(tools![r#match, call]));
}
