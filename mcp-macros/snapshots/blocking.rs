#[allow(
    clippy::needless_pass_by_value,
    clippy::trivially_copy_pass_by_ref,
    clippy::unused_async,
    clippy::unused_self
)]
/// Reads a file.
fn read(files: &Files, path: String) -> String {
    files.read(path)
}
///The tool `read`, for `tools![read]`.
#[allow(
    non_camel_case_types,
    unreachable_pub,
    missing_debug_implementations,
    missing_copy_implementations
)]
struct read {}
#[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
const _: () = {
    use crate::sdk::__private as __mcp;
    #[automatically_derived]
    impl __mcp::Declared for read {
        const NAME: &'static str = "read";
    }
    struct __McpItem {}
    #[automatically_derived]
    impl<__McpState> __mcp::ListedTool<__McpState> for read
    where
        __McpState: __mcp::State,
        Files: __mcp::Inject<__McpState>,
    {
        fn visit(__mcp_visitor: &mut impl __mcp::Visitor<__McpState>) {
            __mcp_visitor.visit::<__McpItem>();
        }
    }
    #[automatically_derived]
    impl<__McpState> __mcp::Declaration<__McpState> for __McpItem
    where
        __McpState: __mcp::State,
        Files: __mcp::Inject<__McpState>,
    {
        type Args = ((), __mcp::Arg<String>);
        type Output = String;
        fn spec() -> __mcp::Spec {
            __mcp::Spec::tool("read", "Reads a file.").schema(path_schema).blocking()
        }
        fn args() -> Self::Args {
            use __mcp::nested::{Each as _, Maybe as _, Never as _, One as _};
            (
                (),
                __mcp::arg::<String>("path")
                    .custom(check)
                    .nested((&&&&__mcp::nested::Probe::<String>::NEW).rule()),
            )
        }
        fn returns() -> __mcp::Returns<Self::Output> {
            __mcp::returns::<String>()
        }
        fn call<'a>(
            __mcp_state: &'a __mcp::Arc<__McpState>,
            __mcp_cx: &'a crate::sdk::Context,
            ((), __mcp_arg_path): __mcp::Values<Self::Args>,
        ) -> impl ::core::future::Future<
            Output = Self::Output,
        > + ::core::marker::Send + 'a {
            __mcp::blocking(
                __mcp_state,
                __mcp_cx,
                move |__mcp_state, __mcp_cx| read(
                    <Files as __mcp::Inject<__McpState>>::inject(__mcp_state, __mcp_cx),
                    __mcp_arg_path,
                ),
            )
        }
    }
};
