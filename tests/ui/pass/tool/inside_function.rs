//! A tool declared where it is used.
#![deny(warnings)]

use mcp_runtime::{Server, tool, tools};

mod deeper {
    pub(crate) mod down {
        /// Subtracts.
        #[mcp_runtime::tool]
        pub(crate) async fn subtract(a: i64, b: i64) -> i64 {
            a - b
        }
    }
}

#[test]
fn compiles() {
    /// Adds.
    #[tool]
    async fn add(a: i64, b: i64) -> i64 {
        a + b
    }
    drop(add(1, 2));
    drop(deeper::down::subtract(1, 2));
    drop(Server::new("demo", "1.0.0").tools(tools![add, deeper::down::subtract]));
}
