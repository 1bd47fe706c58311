#[allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref)]
#[allow(clippy::unused_async, clippy::unused_self)]
/// A sales pitch.
fn pitch(product: String) -> Prompt {
    Prompt::new().user(product)
}
///The prompt `pitch`, for `prompts![pitch]`.
#[allow(non_camel_case_types, unreachable_pub)]
#[allow(missing_debug_implementations, missing_copy_implementations)]
struct pitch {}
#[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
const _: () = {
    use ::mcp_runtime::__private as __mcp;
    impl __mcp::Declared for pitch {
        const NAME: &'static str = "pitch";
    }
    impl<__McpState: __mcp::State> __mcp::ListedPrompt<__McpState> for pitch {
        fn visit(__mcp_visitor: &mut impl __mcp::Visitor<__McpState>) {
            use __mcp::nested::{Each as _, Maybe as _, Never as _, One as _};
            use __mcp::single::{Decimal as _, Other as _, Whole as _};
            __mcp_visitor
                .declare(
                    __mcp::Spec::prompt("pitch", "A sales pitch.").title("Pitch").sync(),
                    (
                        (),
                        __mcp::text::<String>("product")
                            .single((&&&__mcp::single::Probe::<String>::NEW).text())
                            .describe("What is sold.")
                            .length(__mcp::Some(1), __mcp::None)
                            .nested((&&&&__mcp::nested::Probe::<String>::NEW).rule()),
                    ),
                    __mcp::messages::<Prompt>(),
                    __mcp::completion_fns([]),
                    |__mcp_state, __mcp_cx, ((), __mcp_arg_product)| async move {
                        pitch(__mcp_arg_product)
                    },
                );
        }
    }
};
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    mod __mcp_keys {
        mod prompt {
            use ::mcp_runtime::__private::ide::prompt::*;
            use self::title as _;
        }
        mod arg {
            use ::mcp_runtime::__private::ide::arg::*;
            use self::length as _;
        }
    }
};
