#[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
const _: () = {
    use ::mcp_runtime::__private as __mcp;
    #[automatically_derived]
    impl __mcp::Inject<App> for App {
        fn inject<'a>(__mcp_state: &'a App, _: &'a ::mcp_runtime::Context) -> &'a Self {
            __mcp_state
        }
    }
    #[automatically_derived]
    impl __mcp::Inject<App> for Db {
        fn inject<'a>(__mcp_state: &'a App, _: &'a ::mcp_runtime::Context) -> &'a Self {
            &__mcp_state.db
        }
    }
};
