//! Every shape of function that a tool may have.
#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    missing_debug_implementations,
    missing_copy_implementations
)]

use mcp_runtime::{Context, Json, Server, State, tool, tools};

#[derive(State)]
struct App {
    db: Db,
}

struct Db(u32);

/// A page of rows.
#[derive(serde::Serialize, schemars::JsonSchema)]
struct Page {
    rows: u32,
}

/// Takes nothing, gives nothing.
#[tool]
fn nothing() {}

/// Borrows from the state and the call, in any order and under any pattern.
#[tool(read_only, title = "Mixed", icon = "https://example.com/icon.png")]
async fn mixed(
    App { db }: &App,
    /// A first word.
    #[arg(length = 1..=10, pattern = "^[a-z]+$", example = "word", redact, header = "Word")]
    first: String,
    _: &Context,
    other: &Db,
    #[arg(default = 10, range = 1..=100)] mut second: u32,
    #[arg(one_of("asc", "desc"), default = "asc")] r#type: String,
    _unused: Option<Vec<u8>>,
) -> Result<Json<Page>, String> {
    second += db.0 + other.0;
    if first.is_empty() {
        Err(r#type)
    } else {
        Ok(Json(Page { rows: second }))
    }
}

/// Runs on the blocking pool.
#[tool(
    blocking,
    timeout = "1m30s",
    rate_limit(quota = "10/5 min", burst = 5, per = "all")
)]
fn slow(app: &App, #[arg(custom = even)] number: u32) -> u32 {
    app.db.0 + number
}

fn even(number: &u32) -> Result<(), &'static str> {
    if number % 2 == 0 {
        Ok(())
    } else {
        Err("is odd")
    }
}

/// Has constants for limits.
#[tool(destructive = false, open_world, idempotent)]
async fn limits(
    #[arg(range = ..MOST, default = MOST - 1)] a: u32,
    #[arg(length = ..=LONGEST)] b: String,
) -> String {
    format!("{a}{b}")
}

const MOST: u32 = 10;
const LONGEST: usize = 10;

#[tool(
    description = "Has its description in the attribute.",
    name = "described.here-1"
)]
async fn described<'a>(db: &'a Db) -> u32 {
    db.0
}

#[doc = concat!("Has a computed ", "description.")]
#[tool]
async fn computed() -> bool {
    true
}

#[test]
fn compiles() {
    nothing();
    drop(limits(1, String::new()));
    drop(described(&Db(1)));
    assert_eq!(slow(&App { db: Db(1) }, 2), 3);
    let server = Server::new("demo", "1.0.0").state(App { db: Db(1) });
    drop(server.tools(tools![nothing, mixed, slow, limits, described, computed]));
}
