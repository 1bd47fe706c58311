#[allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref)]
#[allow(clippy::unused_async, clippy::unused_self)]
/// Searches.
async fn search(query: String) -> String {
    query
}
///The tool `search`, for `tools![search]`.
#[allow(non_camel_case_types, unreachable_pub)]
#[allow(missing_debug_implementations, missing_copy_implementations)]
struct search {}
#[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
const _: () = {
    use ::mcp_runtime::__private as __mcp;
    impl __mcp::Declared for search {
        const NAME: &'static str = "search";
    }
    impl<__McpState: __mcp::State> __mcp::ListedTool<__McpState> for search {
        fn visit(__mcp_visitor: &mut impl __mcp::Visitor<__McpState>) {}
    }
};
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    mod __mcp_keys {
        mod tool {
            use ::mcp_runtime::__private::ide::tool::*;
            use self::ratelimit as _;
        }
    }
};
::core::compile_error! {
    "unknown key `ratelimit` in `#[tool]`\n\nhelp: did you mean `rate_limit`?"
}
