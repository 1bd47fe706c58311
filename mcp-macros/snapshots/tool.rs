#[allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref)]
#[allow(clippy::unused_async, clippy::unused_self)]
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
#[allow(non_camel_case_types, unreachable_pub)]
#[allow(missing_debug_implementations, missing_copy_implementations)]
pub struct search {}
#[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
const _: () = {
    use ::mcp_runtime::__private as __mcp;
    impl __mcp::Declared for search {
        const NAME: &'static str = "search";
    }
    impl<__McpState: __mcp::State> __mcp::ListedTool<__McpState> for search
    where
        Db: __mcp::Inject<__McpState>,
        Context: __mcp::Inject<__McpState>,
    {
        fn visit(__mcp_visitor: &mut impl __mcp::Visitor<__McpState>) {
            use __mcp::nested::{Each as _, Maybe as _, Never as _, One as _};
            __mcp_visitor
                .declare(
                    __mcp::Spec::tool("search", "Search the catalogue.")
                        .read_only()
                        .rate_limit(
                            __mcp::RateLimit::new(10u32, 60000u64),
                            __mcp::Source::Attribute,
                        )
                        .timeout(5000u64, __mcp::Source::Attribute),
                    (
                        (
                            (),
                            __mcp::arg::<String>("query")
                                .describe("Full-text query.")
                                .length(__mcp::Some(1), __mcp::Some(200))
                                .nested((&&&&__mcp::nested::Probe::<String>::NEW).rule()),
                        ),
                        __mcp::arg::<u32>("limit")
                            .default(|| 10)
                            .range(__mcp::Included(1), __mcp::Included(100))
                            .nested((&&&&__mcp::nested::Probe::<u32>::NEW).rule()),
                    ),
                    __mcp::returns::<Result<Json<Page>, ShopError>>(),
                    __mcp::completion_fns([]),
                    |__mcp_state, __mcp_cx, (((), __mcp_arg_query), __mcp_arg_limit)| async move {
                        search(
                                __mcp::inject::<Db, __McpState>(&__mcp_state, &__mcp_cx),
                                __mcp::inject::<
                                    Context,
                                    __McpState,
                                >(&__mcp_state, &__mcp_cx),
                                __mcp_arg_query,
                                __mcp_arg_limit,
                            )
                            .await
                    },
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
            use self::{rate_limit as _, timeout as _, read_only as _};
        }
        mod arg {
            use ::mcp_runtime::__private::ide::arg::*;
            use self::{length as _, default as _, range as _};
        }
    }
};
