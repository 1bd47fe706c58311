#[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
const _: () = {
    use ::mcp_runtime::__private as __mcp;
    #[automatically_derived]
    impl __mcp::Elicit for Signup {
        type Fields = ((((), __mcp::Arg<String>), __mcp::Arg<u8>), __mcp::Arg<Plan>);
        fn fields() -> Self::Fields {
            (
                (
                    (
                        (),
                        __mcp::field::<String>("name")
                            .title("Full name")
                            .describe("What to call you.")
                            .length(__mcp::Some(1), __mcp::Some(80)),
                    ),
                    __mcp::field::<u8>("age")
                        .range(__mcp::Included(18), __mcp::Included(149)),
                ),
                __mcp::field::<Plan>("plan").preset(|| Plan::Free),
            )
        }
        fn from_values(
            (
                (((), __mcp_field_name), __mcp_field_age),
                __mcp_field_plan,
            ): __mcp::Values<Self::Fields>,
        ) -> Self {
            Self {
                name: __mcp_field_name,
                age: __mcp_field_age,
                r#plan: __mcp_field_plan,
            }
        }
    }
};
