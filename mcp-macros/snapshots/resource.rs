#[allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref)]
#[allow(clippy::unused_async, clippy::unused_self)]
/// One item.
async fn item(shop: &Shop, id: u64) -> Option<Json<Item>> {
    shop.item(id)
}
///The resource `item`, for `resources![item]`.
#[allow(non_camel_case_types, unreachable_pub)]
#[allow(missing_debug_implementations, missing_copy_implementations)]
struct item {}
#[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
const _: () = {
    use ::mcp_runtime::__private as __mcp;
    impl __mcp::Declared for item {
        const NAME: &'static str = "item";
        const URI: &'static str = "shop://items/{id}";
    }
    impl<__McpState: __mcp::State> __mcp::ListedResource<__McpState> for item
    where
        Shop: __mcp::Inject<__McpState>,
    {
        fn visit(__mcp_visitor: &mut impl __mcp::Visitor<__McpState>) {
            use __mcp::nested::{Each as _, Maybe as _, Never as _, One as _};
            use __mcp::single::{Decimal as _, Other as _, Whole as _};
            __mcp_visitor
                .declare(
                    __mcp::Spec::resource("item", "One item.", "shop://items/{id}")
                        .mime_type("application/json")
                        .audience(&[__mcp::Role::User])
                        .priority(0.8f64)
                        .cache(__mcp::Cache::new(60000u64), __mcp::Source::Attribute),
                    (
                        (),
                        __mcp::variable::<u64>("id")
                            .single((&&&__mcp::single::Probe::<u64>::NEW).part())
                            .nested((&&&&__mcp::nested::Probe::<u64>::NEW).rule()),
                    ),
                    __mcp::contents::<Option<Json<Item>>>(),
                    __mcp::completion_fns([
                        (
                            "id",
                            |__mcp_state, __mcp_cx, __mcp_asked| ::std::boxed::Box::pin(async move {
                                __mcp::completions(ids(__mcp::asked(__mcp_asked))).await
                            }),
                        ),
                    ]),
                    |__mcp_state, __mcp_cx, ((), __mcp_arg_id)| async move {
                        item(
                                __mcp::inject::<Shop, __McpState>(&__mcp_state, &__mcp_cx),
                                __mcp_arg_id,
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
        mod resource {
            use ::mcp_runtime::__private::ide::resource::*;
            use self::{mime_type as _, audience as _, priority as _, cache as _};
        }
        mod arg {
            use ::mcp_runtime::__private::ide::arg::*;
            use self::complete as _;
        }
    }
};
