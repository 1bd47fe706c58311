#[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
const _: () = {
    use ::mcp_runtime::__private as __mcp;
    #[automatically_derived]
    impl __mcp::Inject<App> for App {
        fn inject<'__mcp>(
            __mcp_state: &'__mcp App,
            _: &'__mcp ::mcp_runtime::Context,
        ) -> &'__mcp Self {
            __mcp_state
        }
    }
    #[automatically_derived]
    impl __mcp::Inject<App> for Db {
        fn inject<'__mcp>(
            __mcp_state: &'__mcp App,
            _: &'__mcp ::mcp_runtime::Context,
        ) -> &'__mcp Self {
            &__mcp_state.db
        }
    }
};
