use mcp_runtime::server;

struct Shop;

/// A shop.
#[server]
impl Shop {
    /// Sells.
    #[tool]
    async fn sell(&self) {}

    #[stop]
    fn close() {}
}

fn main() {}
