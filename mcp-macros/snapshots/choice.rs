#[allow(deprecated, nonstandard_style, unreachable_pub, unused_imports)]
#[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
const _: () = {
    use ::mcp_runtime::__private as __mcp;
    #[automatically_derived]
    impl __mcp::Choice for Plan {
        const CHOICES: &'static [(&'static str, ::core::option::Option<&'static str>)] = &[
            ("free", __mcp::Some("No charge")),
            ("Paid", __mcp::None),
        ];
        const ENUM_NAMES: bool = false;
        fn at(__mcp_place: usize) -> ::core::option::Option<Self> {
            match __mcp_place {
                0usize => ::core::option::Option::Some(Self::Free),
                1usize => ::core::option::Option::Some(Self::Paid),
                _ => ::core::option::Option::None,
            }
        }
        fn place(&self) -> usize {
            match self {
                Self::Free => 0usize,
                Self::Paid => 1usize,
            }
        }
    }
};
