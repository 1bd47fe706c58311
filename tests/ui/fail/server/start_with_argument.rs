use mcp_runtime::server;

struct Shop;

/// A shop.
#[server]
impl Shop {
    /// Sells.
    #[tool]
    async fn sell(&self) {}

    #[start]
    async fn open(&self, url: String) -> Result<(), String> {
        Ok(())
    }
}

fn main() {}
