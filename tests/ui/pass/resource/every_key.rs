//! Every key that `#[resource]` has, in each of its spellings.
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications)]

use mcp_runtime::{Context, Principal, ResourceLink, Server, ToolError, resource, resources};

mod staff {
    pub(crate) fn is_staff(who: &mcp_runtime::Principal) -> bool {
        who.has_scope("staff")
    }
}

/// Overridden.
#[resource(
    "docs://readme",
    name = "Read me, please",
    title = "Read me",
    description = "What there is to know.",
    icon = "https://example.com/icon.png",
    meta(owner = "docs", "com.example/tier" = 1 + 1),
    mime_type = "text/markdown; charset=utf-8",
    size = "64KiB",
    audience("user", "assistant"),
    priority = 0.8,
    last_modified = "2026-01-31T12:00:00Z",
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
    crate = ::mcp_runtime,
)]
fn readme() -> Result<&'static str, ToolError> {
    Ok("read me")
}

fn pages(_cx: &Context) -> Result<Vec<ResourceLink>, ToolError> {
    Ok(vec![ResourceLink::new("docs://pages/1", "One")])
}

/// Says little.
#[resource("docs://pages/{page}", priority = 1, last_modified = "2026-01-31", cache = "60s", retry = 3, list = pages)]
async fn page(page: String) -> Result<String, ToolError> {
    Ok(page)
}

#[test]
fn compiles() {
    let _ = readme();
    drop(page(String::new()));
    assert!(!staff::is_staff(&Principal::anonymous()));
    assert!(
        Server::new("demo", "1.0.0")
            .resources(resources![readme, page])
            .check()
            .is_ok()
    );
}
