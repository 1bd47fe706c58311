#[allow(
    clippy::needless_pass_by_value,
    clippy::trivially_copy_pass_by_ref,
    clippy::unused_async,
    clippy::unused_self
)]
/// A sales pitch.
fn pitch(product: String) -> Prompt {
    Prompt::new().user(product)
}
///The prompt `pitch`, for `prompts![pitch]`.
#[allow(
    non_camel_case_types,
    unreachable_pub,
    missing_debug_implementations,
    missing_copy_implementations
)]
struct pitch {}
#[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
const _: () = {
    use ::mcp_runtime::__private as __mcp;
    #[automatically_derived]
    impl __mcp::Declared for pitch {
        const NAME: &'static str = "pitch";
    }
    struct __McpItem {}
    #[automatically_derived]
    impl<__McpState> __mcp::ListedPrompt<__McpState> for pitch
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
        type Args = ((), __mcp::Arg<String>);
        type Output = Prompt;
        fn spec() -> __mcp::Spec {
            __mcp::Spec::prompt("pitch", "A sales pitch.").title("Pitch")
        }
        fn args() -> Self::Args {
            use __mcp::nested::{Each as _, Maybe as _, Never as _, One as _};
            (
                (),
                __mcp::text::<String>("product")
                    .describe("What is sold.")
                    .length(
                        ::core::option::Option::Some(1),
                        ::core::option::Option::None,
                    )
                    .nested((&&&&__mcp::nested::Probe::<String>::NEW).rule()),
            )
        }
        fn returns() -> __mcp::Returns<Self::Output> {
            __mcp::messages::<Prompt>()
        }
        fn call<'a>(
            __mcp_state: &'a __mcp::Arc<__McpState>,
            __mcp_cx: &'a ::mcp_runtime::Context,
            ((), __mcp_arg_product): __mcp::Values<Self::Args>,
        ) -> impl ::core::future::Future<
            Output = Self::Output,
        > + ::core::marker::Send + 'a {
            async move { pitch(__mcp_arg_product) }
        }
    }
};
