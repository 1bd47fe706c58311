//! Every key that `#[prompt]` has.
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications)]

use mcp_runtime::{Principal, Prompt, Server, ToolError, prompt, prompts};

mod staff {
    pub(crate) fn is_staff(who: &mcp_runtime::Principal) -> bool {
        who.has_scope("staff")
    }
}

/// Overridden.
#[prompt(
    name = "code.review",
    title = "Code review",
    description = "Reviews code.",
    icon = "https://example.com/icon.png",
    meta(owner = "docs", "com.example/tier" = 1 + 1),
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
fn review(code: String) -> Result<Prompt, ToolError> {
    Ok(Prompt::new().user(code))
}

#[test]
fn compiles() {
    let _ = review(String::new());
    assert!(!staff::is_staff(&Principal::anonymous()));
    assert!(
        Server::new("demo", "1.0.0")
            .prompts(prompts![review])
            .check()
            .is_ok()
    );
}
