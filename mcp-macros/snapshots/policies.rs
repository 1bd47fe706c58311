#[allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref)]
#[allow(clippy::unused_async, clippy::unused_self)]
/// Looks.
async fn look() {}
///The tool `look`, for `tools![look]`.
#[allow(non_camel_case_types, unreachable_pub)]
#[allow(missing_debug_implementations, missing_copy_implementations)]
struct look {}
#[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
const _: () = {
    use ::mcp_runtime::__private as __mcp;
    impl __mcp::Declared for look {
        const NAME: &'static str = "look";
    }
    impl<__McpState: __mcp::State> __mcp::ListedTool<__McpState> for look {
        fn visit(__mcp_visitor: &mut impl __mcp::Visitor<__McpState>) {
            __mcp_visitor
                .declare(
                    __mcp::Spec::tool("look", "Looks.")
                        .read_only()
                        .rate_limit(
                            __mcp::RateLimit::new(10u32, 60000u64)
                                .per(__mcp::Per::Ip)
                                .algorithm(__mcp::Algorithm::FixedWindow),
                            __mcp::Source::Attribute,
                        )
                        .timeout(5000u64, __mcp::Source::Attribute)
                        .concurrency(
                            __mcp::Concurrency::new(4u32).queue(16u32),
                            __mcp::Source::Attribute,
                        )
                        .cache(
                            __mcp::Cache::new(30000u64).max_entries(9u32).shared(),
                            __mcp::Source::Attribute,
                        )
                        .retry(
                            __mcp::Retry::new(3u32).backoff(50u64),
                            __mcp::Source::Attribute,
                        )
                        .breaker(
                            __mcp::Breaker::new(5u32, 30000u64),
                            __mcp::Source::Attribute,
                        )
                        .max_output(65536u64, __mcp::Source::Attribute)
                        .scopes(&["a", "b"])
                        .visible_if(staff::may_see)
                        .audit(),
                    (),
                    __mcp::retried::<()>(__mcp::returns::<()>()),
                    __mcp::completion_fns([]),
                    |_, _, ()| look(),
                );
        }
    }
};
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    mod __mcp_keys {
        mod tool {
            use ::mcp_runtime::__private::ide::tool::*;
            use self::{
                read_only as _, rate_limit as _, timeout as _, concurrency as _,
                cache as _, retry as _, breaker as _, max_output as _, scopes as _,
                visible_if as _, audit as _,
            };
        }
        mod rate_limit {
            use ::mcp_runtime::__private::ide::rate_limit::*;
            use self::{quota as _, per as _, algorithm as _};
        }
        mod concurrency {
            use ::mcp_runtime::__private::ide::concurrency::*;
            use self::{max as _, queue as _};
        }
        mod cache {
            use ::mcp_runtime::__private::ide::cache::*;
            use self::{ttl as _, max_entries as _, per as _};
        }
        mod retry {
            use ::mcp_runtime::__private::ide::retry::*;
            use self::{max as _, backoff as _};
        }
        mod breaker {
            use ::mcp_runtime::__private::ide::breaker::*;
            use self::{failures as _, cooldown as _};
        }
    }
};
