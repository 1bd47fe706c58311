//! The attribute by another path, and the runtime under another name.
#![deny(warnings)]

use mcp_runtime as sdk;
mod inner {
    pub(super) use mcp_runtime as sdk;
}

/// Adds.
#[sdk::tool(crate = inner::sdk)]
async fn add(a: i64, #[arg(default = 1)] b: i64) -> i64 {
    a + b
}

struct Demo;

/// A demo.
#[sdk::server(crate = super::other_path::inner::sdk)]
impl Demo {
    /// Adds.
    #[sdk::tool]
    async fn add(&self, a: i64, #[arg(range = 1..)] b: i64) -> i64 {
        a + b
    }

    #[sdk::ready]
    async fn alive(&self) -> Result<(), String> {
        Ok(())
    }
}

#[test]
fn compiles() {
    drop(add(1, 2));
    drop(sdk::Server::new("demo", "1.0.0").tools(sdk::tools![add]));
    drop(Demo.add(1, 2));
    drop(Demo.into_server());
}
