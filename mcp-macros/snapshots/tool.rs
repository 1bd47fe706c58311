#[allow(
    clippy::needless_pass_by_value,
    clippy::trivially_copy_pass_by_ref,
    clippy::unused_async,
    clippy::unused_self
)]
/// Search the catalogue.
pub async fn search(
    db: &Db,
    cx: &Context,
    query: String,
    limit: u32,
) -> Result<Json<Page>, ShopError> {
    db.search(query, limit).await
}
///The tool `search`, for `tools![search]`.
#[allow(
    non_camel_case_types,
    unreachable_pub,
    missing_debug_implementations,
    missing_copy_implementations
)]
pub struct search {}
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
        Db: __mcp::Inject<__McpState>,
        Context: __mcp::Inject<__McpState>,
    {
        fn visit(__mcp_visitor: &mut impl __mcp::Visitor<__McpState>) {
            __mcp_visitor.visit::<__McpItem>();
        }
    }
    #[automatically_derived]
    impl<__McpState> __mcp::Declaration<__McpState> for __McpItem
    where
        __McpState: __mcp::State,
        Db: __mcp::Inject<__McpState>,
        Context: __mcp::Inject<__McpState>,
    {
        type Args = (((), __mcp::Arg<String>), __mcp::Arg<u32>);
        type Output = Result<Json<Page>, ShopError>;
        fn spec() -> __mcp::Spec {
            __mcp::Spec::tool("search", "Search the catalogue.")
                .read_only()
                .rate_limit(
                    __mcp::RateLimit::new(10u32, 60000u64),
                    __mcp::Source::Attribute,
                )
                .timeout(5000u64, __mcp::Source::Attribute)
        }
        fn args() -> Self::Args {
            use __mcp::nested::{Each as _, Maybe as _, Never as _, One as _};
            (
                (
                    (),
                    __mcp::arg::<String>("query")
                        .describe("Full-text query.")
                        .length(
                            ::core::option::Option::Some(1),
                            ::core::option::Option::Some(200),
                        )
                        .nested((&&&&__mcp::nested::Probe::<String>::NEW).rule()),
                ),
                __mcp::arg::<u32>("limit")
                    .default(|| 10)
                    .range(
                        ::core::ops::Bound::Included(1),
                        ::core::ops::Bound::Included(100),
                    )
                    .nested((&&&&__mcp::nested::Probe::<u32>::NEW).rule()),
            )
        }
        fn returns() -> __mcp::Returns<Self::Output> {
            __mcp::returns::<Result<Json<Page>, ShopError>>()
        }
        fn call<'a>(
            __mcp_state: &'a __mcp::Arc<__McpState>,
            __mcp_cx: &'a ::mcp_runtime::Context,
            (((), __mcp_arg_query), __mcp_arg_limit): __mcp::Values<Self::Args>,
        ) -> impl ::core::future::Future<
            Output = Self::Output,
        > + ::core::marker::Send + 'a {
            search(
                <Db as __mcp::Inject<__McpState>>::inject(__mcp_state, __mcp_cx),
                <Context as __mcp::Inject<__McpState>>::inject(__mcp_state, __mcp_cx),
                __mcp_arg_query,
                __mcp_arg_limit,
            )
        }
    }
};
