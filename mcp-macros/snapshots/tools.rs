const LIST: () = (
    {
        #[allow(unused_imports)]
        use ::mcp_runtime::__private as __mcp;
        {
            #[allow(dead_code)]
            const __MCP_ALL: &[(&str, usize)] = &[
                (<add as __mcp::Declared>::NAME, 0usize),
                #[cfg(unix)]
                (<path::to::sub as __mcp::Declared>::NAME, 1usize),
            ];
            #[cfg(unix)]
            const _: () = __mcp::unique("tool", __MCP_ALL, 1usize);
        }
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            let _ = (add, #[cfg(unix)] path::to::sub);
        };
    },
    (
        (
            {
                type __McpItem = add;
                __McpItem {}
            },
        ),
        (
            #[cfg(unix)]
            {
                type __McpItem = path::to::sub;
                __McpItem {}
            },
        ),
    ),
);
