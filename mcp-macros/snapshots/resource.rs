#[allow(
    clippy::needless_pass_by_value,
    clippy::trivially_copy_pass_by_ref,
    clippy::unused_async,
    clippy::unused_self
)]
/// One item.
async fn item(shop: &Shop, id: u64) -> Option<Json<Item>> {
    shop.item(id)
}
///The resource `item`, for `resources![item]`.
#[allow(
    non_camel_case_types,
    unreachable_pub,
    missing_debug_implementations,
    missing_copy_implementations
)]
struct item {}
#[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
const _: () = {
    use ::mcp_runtime::__private as __mcp;
    #[automatically_derived]
    impl __mcp::Declared for item {
        const NAME: &'static str = "item";
        const URI: &'static str = "shop://items/{id}";
    }
    struct __McpItem {}
    #[automatically_derived]
    impl<__McpState> __mcp::ListedResource<__McpState> for item
    where
        __McpState: __mcp::State,
        Shop: __mcp::Inject<__McpState>,
    {
        fn visit(__mcp_visitor: &mut impl __mcp::Visitor<__McpState>) {
            __mcp_visitor.visit::<__McpItem>();
        }
    }
    #[automatically_derived]
    impl<__McpState> __mcp::Declaration<__McpState> for __McpItem
    where
        __McpState: __mcp::State,
        Shop: __mcp::Inject<__McpState>,
    {
        type Args = ((), __mcp::Arg<u64>);
        type Output = Option<Json<Item>>;
        fn spec() -> __mcp::Spec {
            __mcp::Spec::resource("item", "One item.", "shop://items/{id}")
                .mime_type("application/json")
                .audience(&[__mcp::Role::User])
                .priority(0.8f64)
                .cache(__mcp::Cache::new(60000u64), __mcp::Source::Attribute)
        }
        fn args() -> Self::Args {
            use __mcp::nested::{Each as _, Maybe as _, Never as _, One as _};
            (
                (),
                __mcp::variable::<u64>("id")
                    .nested((&&&&__mcp::nested::Probe::<u64>::NEW).rule()),
            )
        }
        fn returns() -> __mcp::Returns<Self::Output> {
            __mcp::contents::<Option<Json<Item>>>()
        }
        fn completers() -> ::std::vec::Vec<
            (&'static str, __mcp::Completer<__McpState>),
        > {
            ::std::vec![
                ("id", | __mcp_state, __mcp_cx, __mcp_asked |
                ::std::boxed::Box::pin(async move {
                __mcp::proposals(ids(__mcp::asked(__mcp_asked))). await }))
            ]
        }
        fn call<'a>(
            __mcp_state: &'a __mcp::Arc<__McpState>,
            __mcp_cx: &'a ::mcp_runtime::Context,
            ((), __mcp_arg_id): __mcp::Values<Self::Args>,
        ) -> impl ::core::future::Future<
            Output = Self::Output,
        > + ::core::marker::Send + 'a {
            item(
                <Shop as __mcp::Inject<__McpState>>::inject(__mcp_state, __mcp_cx),
                __mcp_arg_id,
            )
        }
    }
};
