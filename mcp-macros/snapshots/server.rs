/// The shop catalogue.
impl Shop {
    /// Search the catalogue.
    #[cfg(feature = "search")]
    async fn search(&self, query: String) -> String {
        query
    }
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
    const _: () = {
        #[automatically_derived]
        impl __mcp::ListedTool<Shop> for __mcp_search
        where
            for<'__mcp> Shop: __mcp::SharedFor<'__mcp>,
        {
            fn visit(__mcp_visitor: &mut impl __mcp::Visitor<Shop>) {
                __mcp_visitor.visit::<__mcp_search>();
            }
        }
        #[automatically_derived]
        impl __mcp::Declaration<Shop> for __mcp_search
        where
            for<'__mcp> Shop: __mcp::SharedFor<'__mcp>,
        {
            type Args = ((), __mcp::Arg<String>);
            type Output = String;
            fn spec() -> __mcp::Spec {
                __mcp::Spec::tool("search", "Search the catalogue.")
                    .read_only()
                    .timeout(30000u64, __mcp::Source::Defaults)
            }
            fn args() -> Self::Args {
                use __mcp::nested::{Each as _, Maybe as _, Never as _, One as _};
                (
                    (),
                    __mcp::arg::<String>("query")
                        .default(|| <Shop>::query())
                        .nested((&&&&__mcp::nested::Probe::<String>::NEW).rule()),
                )
            }
            fn returns() -> __mcp::Returns<Self::Output> {
                __mcp::returns::<String>()
            }
            fn call<'a>(
                __mcp_state: &'a __mcp::Arc<Shop>,
                __mcp_cx: &'a ::mcp_runtime::Context,
                ((), __mcp_arg_query): __mcp::Values<Self::Args>,
            ) -> impl ::core::future::Future<
                Output = Self::Output,
            > + ::core::marker::Send + 'a {
                <Shop>::search(__mcp_state, __mcp_arg_query)
            }
        }
    };
    impl Shop {
        /// This value as a server: its tools and its checks.
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
                    .ready(
                        "database",
                        |__mcp_state| ::std::boxed::Box::pin(
                            __mcp::ready(<Shop>::database(__mcp_state)),
                        ),
                    );
                __mcp_server
            }
            __mcp_build(self)
        }
    }
};
