const LIST: () = (
    {
        #[allow(unused_imports)]
        use ::mcp_runtime::__private as __mcp;
        {
            #[allow(dead_code)]
            const __MCP_ALL: &[(&str, usize)] = &[
                (
                    {
                        #[allow(unused_imports)]
                        use __mcp::nothing::__McpItem;
                        {
                            #[allow(unused_imports)]
                            use add as __McpItem;
                            <__McpItem as __mcp::Declared>::NAME
                        }
                    },
                    0usize,
                ),
                #[cfg(unix)]
                (
                    {
                        #[allow(unused_imports)]
                        use __mcp::nothing::__McpItem;
                        {
                            #[allow(unused_imports)]
                            use path::to::sub as __McpItem;
                            <__McpItem as __mcp::Declared>::NAME
                        }
                    },
                    1usize,
                ),
            ];
            #[cfg(unix)]
            const _: () = __mcp::unique("tool", __MCP_ALL, 1usize);
        }
    },
    (
        (
            {
                mod __mcp_nothing {
                    #[allow(
                        non_camel_case_types,
                        dead_code,
                        clippy::redundant_pub_crate
                    )]
                    pub(super) struct add {}
                }
                #[allow(unused_imports)]
                use __mcp_nothing::add as __McpItem;
                {
                    #[allow(unused_imports)]
                    use add as __McpItem;
                    __McpItem {}
                }
            },
        ),
        (
            #[cfg(unix)]
            {
                mod __mcp_nothing {
                    #[allow(
                        non_camel_case_types,
                        dead_code,
                        clippy::redundant_pub_crate
                    )]
                    pub(super) struct sub {}
                }
                #[allow(unused_imports)]
                use __mcp_nothing::sub as __McpItem;
                {
                    #[allow(unused_imports)]
                    use path::to::sub as __McpItem;
                    __McpItem {}
                }
            },
        ),
    ),
);
