use mcp_runtime::server;

struct Shop;

/// A shop.
#[server]
impl Shop {
    /// Sells.
    #[tool]
    async fn sell(&self) {}

    #[start(timeout = "5s")]
    async fn open(&self) -> Result<(), String> {
        Ok(())
    }

    #[ready(optinal)]
    async fn storage(&self) -> Result<(), String> {
        Ok(())
    }
}

fn main() {}
