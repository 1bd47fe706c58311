const LIST: () = (
    {
        #[allow(unused_imports)]
        use ::mcp_runtime::__private as __mcp;
        #[allow(dead_code)]
        const __MCP_NAMES: &[(&str, usize)] = &[
            (
                {
                    #[allow(unused_imports)]
                    use __mcp::no_tool::__McpTool;
                    {
                        #[allow(unused_imports)]
                        use add as __McpTool;
                        <__McpTool as __mcp::Declared>::NAME
                    }
                },
                0usize,
            ),
            #[cfg(unix)]
            (
                {
                    #[allow(unused_imports)]
                    use __mcp::no_tool::__McpTool;
                    {
                        #[allow(unused_imports)]
                        use path::to::sub as __McpTool;
                        <__McpTool as __mcp::Declared>::NAME
                    }
                },
                1usize,
            ),
        ];
        #[cfg(unix)]
        const _: () = __mcp::unique(__MCP_NAMES, 1usize);
    },
    (
        (
            {
                mod __mcp_no_tool {
                    #[allow(
                        non_camel_case_types,
                        dead_code,
                        clippy::redundant_pub_crate
                    )]
                    pub(super) struct add {}
                }
                #[allow(unused_imports)]
                use __mcp_no_tool::add as __McpTool;
                {
                    #[allow(unused_imports)]
                    use add as __McpTool;
                    __McpTool {}
                }
            },
        ),
        (
            #[cfg(unix)]
            {
                mod __mcp_no_tool {
                    #[allow(
                        non_camel_case_types,
                        dead_code,
                        clippy::redundant_pub_crate
                    )]
                    pub(super) struct sub {}
                }
                #[allow(unused_imports)]
                use __mcp_no_tool::sub as __McpTool;
                {
                    #[allow(unused_imports)]
                    use path::to::sub as __McpTool;
                    __McpTool {}
                }
            },
        ),
    ),
);
