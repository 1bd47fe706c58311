#[allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref)]
#[allow(clippy::unused_async, clippy::unused_self)]
/// Reads a file.
fn read(files: &Files, path: String) -> String {
    files.read(path)
}
///The tool `read`, for `tools![read]`.
#[allow(non_camel_case_types, unreachable_pub)]
#[allow(missing_debug_implementations, missing_copy_implementations)]
struct read {}
#[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
const _: () = {
    use crate::sdk::__private as __mcp;
    impl __mcp::Declared for read {
        const NAME: &'static str = "read";
    }
    impl<__McpState: __mcp::State> __mcp::ListedTool<__McpState> for read
    where
        Files: __mcp::Inject<__McpState>,
    {
        fn visit(__mcp_visitor: &mut impl __mcp::Visitor<__McpState>) {
            use __mcp::nested::{Each as _, Maybe as _, Never as _, One as _};
            __mcp_visitor
                .declare(
                    __mcp::Spec::tool("read", "Reads a file.")
                        .schema(path_schema)
                        .blocking(),
                    (
                        (),
                        __mcp::arg::<String>("path")
                            .custom(|__mcp_value| __mcp::verdict(check(__mcp_value)))
                            .nested((&&&&__mcp::nested::Probe::<String>::NEW).rule()),
                    ),
                    __mcp::returns::<String>(),
                    __mcp::completion_fns([]),
                    |__mcp_state, __mcp_cx, ((), __mcp_arg_path)| async move {
                        __mcp::blocking(
                                &__mcp_state,
                                &__mcp_cx,
                                move |__mcp_state, __mcp_cx| read(
                                    __mcp::inject::<Files, __McpState>(__mcp_state, __mcp_cx),
                                    __mcp_arg_path,
                                ),
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
            use crate::sdk::__private::ide::tool::*;
            use self::{blocking as _, schema as _};
        }
        mod arg {
            use crate::sdk::__private::ide::arg::*;
            use self::custom as _;
        }
    }
};
