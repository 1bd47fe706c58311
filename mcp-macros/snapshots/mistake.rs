#[allow(
    clippy::needless_pass_by_value,
    clippy::trivially_copy_pass_by_ref,
    clippy::unused_async,
    clippy::unused_self
)]
/// Searches.
async fn search(query: String) -> String {
    query
}
///The tool `search`, for `tools![search]`.
#[allow(
    non_camel_case_types,
    unreachable_pub,
    missing_debug_implementations,
    missing_copy_implementations
)]
struct search {}
#[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
const _: () = {
    use ::mcp_runtime::__private as __mcp;
    #[automatically_derived]
    impl __mcp::Declared for search {
        const NAME: &'static str = "search";
    }
    struct __McpItem {}
    #[automatically_derived]
    impl<__McpState> __mcp::ListedTool<__McpState> for search
    where
        __McpState: __mcp::State,
    {
        fn visit(__mcp_visitor: &mut impl __mcp::Visitor<__McpState>) {
            __mcp_visitor.visit::<__McpItem>();
        }
    }
    #[automatically_derived]
    impl<__McpState> __mcp::Declaration<__McpState> for __McpItem
    where
        __McpState: __mcp::State,
    {
        type Args = ();
        type Output = ();
        fn spec() -> __mcp::Spec {
            ::core::unreachable!()
        }
        fn args() -> Self::Args {}
        fn returns() -> __mcp::Returns<Self::Output> {
            ::core::unreachable!()
        }
        fn call<'a>(
            _: &'a __mcp::Arc<__McpState>,
            _: &'a ::mcp_runtime::Context,
            (): (),
        ) -> impl ::core::future::Future<
            Output = Self::Output,
        > + ::core::marker::Send + 'a {
            async {}
        }
    }
};
::core::compile_error! {
    "unknown key `ratelimit` in `#[tool]`\n\nhelp: did you mean `rate_limit`?"
}
