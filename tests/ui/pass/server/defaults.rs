//! Every default that a block may have, and tools that have keys of their own.
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications)]

use mcp_runtime::{Principal, ToolError, server};

/// A demo.
pub(crate) struct Demo<T>(T);

impl<T> Demo<T> {
    fn is_staff(who: &Principal) -> bool {
        who.has_scope("staff")
    }
}

/// A demo.
#[server(defaults(
    timeout = "30s",
    rate_limit(quota = "100/min", per = "ip"),
    concurrency(max = 4, queue = 16),
    retry = 3,
    breaker(failures = 5, cooldown = "30s"),
    max_output = "64KiB",
    scopes("docs:read"),
    audit,
))]
impl<T: Send + Sync + 'static> Demo<T> {
    /// Takes what it is given.
    #[tool(read_only)]
    async fn look(&self) {}

    /// Knows better.
    #[tool(
        idempotent,
        timeout = "1m",
        rate_limit = "1/s",
        concurrency = 1,
        retry(max = 2, backoff = "10s"),
        breaker(failures = 1, cooldown = "1s"),
        max_output = "1KB",
        scopes("docs:write"),
        visible_if = Self::is_staff,
        audit,
        blocking
    )]
    fn write(&self) -> Result<(), ToolError> {
        let _ = &self.0;
        Ok(())
    }
}

#[test]
fn compiles() {
    drop(Demo(1).into_server());
}
