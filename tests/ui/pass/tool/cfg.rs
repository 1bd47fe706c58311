//! Tools that come and go.
#![deny(warnings)]

use mcp_runtime::{Server, server, tool, tools};

/// Is here.
#[cfg(not(any()))]
#[tool]
async fn here() {}

/// Is not here.
#[tool]
#[cfg(any())]
async fn gone(missing: Missing) {}

struct Demo;

/// A demo.
#[server]
impl Demo {
    /// Is one thing.
    #[cfg(not(any()))]
    #[tool]
    async fn either(&self) -> u32 {
        1
    }

    /// Is another thing.
    #[cfg(any())]
    #[tool]
    async fn either(&self, missing: Missing) -> u32 {
        2
    }

    #[cfg(any())]
    #[ready]
    async fn database(&self) -> Result<(), Missing> {
        Ok(())
    }
}

#[test]
fn compiles() {
    drop(here());
    drop(Server::new("demo", "1.0.0").tools(tools![
        here,
        #[cfg(any())]
        gone
    ]));
    drop(Demo.either());
    drop(Demo.into_server());
}
