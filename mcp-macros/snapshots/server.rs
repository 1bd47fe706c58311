/// The shop catalogue.
impl Shop {
    #[allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref)]
    #[allow(clippy::unused_async, clippy::unused_self)]
    /// Search the catalogue.
    #[cfg(feature = "search")]
    async fn search(&self, query: String) -> String {
        query
    }
    #[allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref)]
    #[allow(clippy::unused_async, clippy::unused_self)]
    /// One item.
    async fn item(&self, id: u64) -> String {
        self.one(id)
    }
    #[allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref)]
    #[allow(clippy::unused_async, clippy::unused_self)]
    /// All of them.
    async fn items(&self) -> String {
        self.all()
    }
    #[allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref)]
    #[allow(clippy::unused_async, clippy::unused_self)]
    /// A sales pitch.
    async fn pitch(&self, product: String) -> String {
        product
    }
    async fn products(&self, db: &Db, typed: String) -> Vec<String> {
        db.find(typed)
    }
    #[allow(clippy::needless_pass_by_value, clippy::trivially_copy_pass_by_ref)]
    #[allow(clippy::unused_async, clippy::unused_self)]
    async fn database(&self) -> Result<(), DbError> {
        self.db.ping().await
    }
    fn helper(&self) {}
}
#[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
const _: () = {
    use ::mcp_runtime::__private as __mcp;
    #[cfg(feature = "search")]
    struct __mcp_search {}
    #[cfg(feature = "search")]
    impl __mcp::ListedTool<Shop> for __mcp_search
    where
        for<'__mcp> Shop: __mcp::SharedFor<'__mcp>,
    {
        fn visit(__mcp_visitor: &mut impl __mcp::Visitor<Shop>) {
            use __mcp::nested::{Each as _, Maybe as _, Never as _, One as _};
            __mcp_visitor
                .declare(
                    __mcp::Spec::tool("search", "Search the catalogue.")
                        .read_only()
                        .timeout(30000u64, __mcp::Source::Defaults),
                    (
                        (),
                        __mcp::arg::<String>("query")
                            .default(|| <Shop>::query())
                            .nested((&&&&__mcp::nested::Probe::<String>::NEW).rule()),
                    ),
                    __mcp::returns::<String>(),
                    __mcp::completion_fns([]),
                    |__mcp_state, __mcp_cx, ((), __mcp_arg_query)| async move {
                        <Shop>::search(&__mcp_state, __mcp_arg_query).await
                    },
                );
        }
    }
    struct __mcp_item {}
    impl __mcp::ListedResource<Shop> for __mcp_item
    where
        for<'__mcp> Shop: __mcp::SharedFor<'__mcp>,
    {
        fn visit(__mcp_visitor: &mut impl __mcp::Visitor<Shop>) {
            use __mcp::nested::{Each as _, Maybe as _, Never as _, One as _};
            use __mcp::single::{Decimal as _, Other as _, Whole as _};
            __mcp_visitor
                .declare(
                    __mcp::Spec::resource("item", "One item.", "shop://items/{id}")
                        .timeout(30000u64, __mcp::Source::Defaults),
                    (
                        (),
                        __mcp::variable::<u64>("id")
                            .single((&&&__mcp::single::Probe::<u64>::NEW).part())
                            .nested((&&&&__mcp::nested::Probe::<u64>::NEW).rule()),
                    ),
                    __mcp::contents::<String>(),
                    __mcp::completion_fns([]),
                    |__mcp_state, __mcp_cx, ((), __mcp_arg_id)| async move {
                        <Shop>::item(&__mcp_state, __mcp_arg_id).await
                    },
                );
        }
    }
    struct __mcp_items {}
    impl __mcp::ListedResource<Shop> for __mcp_items
    where
        for<'__mcp> Shop: __mcp::SharedFor<'__mcp>,
    {
        fn visit(__mcp_visitor: &mut impl __mcp::Visitor<Shop>) {
            __mcp_visitor
                .declare(
                    __mcp::Spec::resource("items", "All of them.", "shop://items")
                        .timeout(30000u64, __mcp::Source::Defaults),
                    (),
                    __mcp::contents::<String>(),
                    __mcp::completion_fns([]),
                    |__mcp_state, __mcp_cx, ()| async move {
                        <Shop>::items(&__mcp_state).await
                    },
                );
        }
    }
    struct __mcp_pitch {}
    impl __mcp::ListedPrompt<Shop> for __mcp_pitch
    where
        for<'__mcp> Shop: __mcp::SharedFor<'__mcp>,
    {
        fn visit(__mcp_visitor: &mut impl __mcp::Visitor<Shop>) {
            use __mcp::nested::{Each as _, Maybe as _, Never as _, One as _};
            use __mcp::single::{Decimal as _, Other as _, Whole as _};
            __mcp_visitor
                .declare(
                    __mcp::Spec::prompt("pitch", "A sales pitch.")
                        .timeout(30000u64, __mcp::Source::Defaults),
                    (
                        (),
                        __mcp::text::<String>("product")
                            .single((&&&__mcp::single::Probe::<String>::NEW).text())
                            .nested((&&&&__mcp::nested::Probe::<String>::NEW).rule()),
                    ),
                    __mcp::messages::<String>(),
                    __mcp::completion_fns([
                        (
                            "product",
                            |__mcp_state, __mcp_cx, __mcp_asked| ::std::boxed::Box::pin(async move {
                                __mcp::completions(
                                        <Shop>::products(
                                            &__mcp_state,
                                            __mcp::inject::<Db, Shop>(&__mcp_state, &__mcp_cx),
                                            __mcp::asked(__mcp_asked),
                                        ),
                                    )
                                    .await
                            }),
                        ),
                    ]),
                    |__mcp_state, __mcp_cx, ((), __mcp_arg_product)| async move {
                        <Shop>::pitch(&__mcp_state, __mcp_arg_product).await
                    },
                );
        }
    }
    const _: () = {
        #[allow(dead_code)]
        const __MCP_ALL: &[(&str, usize)] = &[
            ("shop://items/{id}", 0usize),
            ("shop://items", 1usize),
        ];
        const _: () = __mcp::unique_uri(__MCP_ALL, 1usize);
    };
    impl Shop {
        /// Makes a server of this value, with everything that its `impl` block declares.
        #[allow(dead_code)]
        pub fn into_server(self) -> ::mcp_runtime::Server<Self> {
            fn __mcp_build(__mcp_state: Shop) -> ::mcp_runtime::Server<Shop>
            where
                for<'__mcp> Shop: __mcp::SharedFor<'__mcp>,
            {
                let __mcp_server = ::mcp_runtime::Server::new(
                        ::core::env!("CARGO_PKG_NAME"),
                        ::core::env!("CARGO_PKG_VERSION"),
                    )
                    .state(__mcp_state)
                    .instructions("The shop catalogue.");
                let __mcp_server = __mcp_server
                    .tools((#[cfg(feature = "search")] __mcp_search {},));
                let __mcp_server = __mcp_server
                    .resources(((__mcp_item {},), (__mcp_items {},)));
                let __mcp_server = __mcp_server.prompts((__mcp_pitch {},));
                let __mcp_server = __mcp_server
                    .ready(
                        "database",
                        |__mcp_state| __mcp::ready(<Shop>::database(__mcp_state)),
                    );
                __mcp_server
            }
            __mcp_build(self)
        }
    }
};
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    mod __mcp_keys {
        mod server {
            use ::mcp_runtime::__private::ide::server::*;
            use self::defaults as _;
        }
        mod defaults {
            use ::mcp_runtime::__private::ide::defaults::*;
            use self::timeout as _;
        }
        mod tool {
            use ::mcp_runtime::__private::ide::tool::*;
            use self::read_only as _;
        }
        mod arg {
            use ::mcp_runtime::__private::ide::arg::*;
            use self::{default as _, complete as _};
        }
    }
};
