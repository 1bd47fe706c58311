//! Every key that `#[tool]` has, in each of its spellings.
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications)]

use mcp_runtime::serde_json::{self, json};
use mcp_runtime::{Principal, Server, ToolError, tool, tools};

mod staff {
    pub(crate) fn is_staff(who: &mcp_runtime::Principal) -> bool {
        who.has_scope("staff")
    }
}

/// Overridden.
#[tool(
    name = "search.all",
    title = "Search",
    description = "Searches the docs.",
    icon = "https://example.com/icon.png",
    meta(owner = "docs", "com.example/tier" = 1 + 1),
    read_only,
    idempotent,
    destructive = false,
    open_world = false,
    ui = "ui://docs/results",
    visible_to("model", "app"),
    task = "optional",
    rate_limit(quota = "10/min", burst = 5, per = "ip", algorithm = "token_bucket"),
    timeout = "5s",
    concurrency(max = 4, queue = 16),
    cache(ttl = "30s", max_entries = 1000, per = "all"),
    retry(max = 3, backoff = "100ms"),
    breaker(failures = 5, cooldown = "30s"),
    max_output = "64KiB",
    scopes("docs:read", "docs:list"),
    visible_if = staff::is_staff,
    audit,
    blocking,
    schema = keywords,
    crate = ::mcp_runtime,
)]
fn search(query: String) -> Result<String, ToolError> {
    Ok(query)
}

fn keywords() -> serde_json::Value {
    json!({})
}

/// Says little.
#[tool(
    read_only,
    rate_limit(quota = "10/min", algorithm = "sliding_window"),
    concurrency = 4,
    cache = "30s",
    retry = 3,
    max_output = "1MB",
    scopes("docs:read",),
    audit
)]
async fn look() -> Result<(), ToolError> {
    Ok(())
}

/// Writes.
#[tool(
    destructive,
    idempotent,
    retry(max = 1),
    rate_limit(quota = "1/s", algorithm = "fixed_window", per = "all")
)]
fn write() -> Result<(), ToolError> {
    Ok(())
}

#[test]
fn compiles() {
    let _ = search(String::new());
    drop(look());
    let _ = write();
    assert!(!staff::is_staff(&Principal::anonymous()));
    drop(Server::new("demo", "1.0.0").tools(tools![search, look, write]));
}
